import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFileTokenStore } from "./index.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaedim-store-"));
  path = join(folder, "jwt");
});
afterEach(() => rm(folder, { recursive: true }));

describe("a token store in a file", () => {
  it("gives what was written, to its owner alone, and leaves nothing else behind", async () => {
    const store = createFileTokenStore({ path });
    expect(await store.read()).toBeNull();
    await store.write("one");
    await store.write("two");
    expect(await createFileTokenStore({ path }).read()).toBe("two");
    if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o600);
    await store.exclusively(async () => store.write("three"));
    expect(await readdir(folder)).toEqual(["jwt"]);
    await store.write(null);
    expect(await store.read()).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is whole at every moment, whoever writes", async () => {
    const store = createFileTokenStore({ path });
    const tokens = Array.from({ length: 20 }, (_, index) => String(index).repeat(5_000));
    await store.write(tokens[0] ?? "");
    const writing = Promise.all(tokens.map((token) => store.write(token)));
    for (let look = 0; look < 30; look += 1) expect(tokens).toContain(await store.read());
    await writing;
    expect(await readdir(folder)).toEqual(["jwt"]);
  });

  it("lets one at a time, and gives the lock back when the work fails", async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside -= 1;
      throw new Error("refresh failed");
    };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => createFileTokenStore({ path }).exclusively(work)),
    );
    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it("takes over a lock whose process died, and does not wait for ever for one that lives", async () => {
    await writeFile(`${path}.lock`, "somebody");
    const store = createFileTokenStore({ path, lockWaitMs: 60 });
    expect(await store.exclusively(async () => "went on")).toBe("went on");
    expect(await readFile(`${path}.lock`, "utf8")).toBe("somebody");
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(`${path}.lock`, longAgo, longAgo);
    expect(await createFileTokenStore({ path }).exclusively(async () => "took over")).toBe("took over");
    expect(await readdir(folder)).toEqual([]);
  });

  it("tells where it cannot be kept", async () => {
    const store = createFileTokenStore({ path: join(folder, "missing", "jwt") });
    await expect(store.write("one")).rejects.toMatchObject({ code: "ENOENT" });
    await expect(store.exclusively(async () => 1)).rejects.toMatchObject({ code: "ENOENT" });
  });
});
