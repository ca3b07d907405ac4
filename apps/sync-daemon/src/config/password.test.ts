import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveHomeFolders } from "./home-folders.ts";
import { parseConfig } from "./load-config.ts";
import { readPassword, storePassword } from "./password.ts";
import { secretsFile, writePasswordFile } from "./password-file.ts";

// The keychain itself is tested with a real one: test/reliability/secrets/keychain.test.ts.

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "asset-sync-password-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const { signal } = new AbortController();
const home = () => resolveHomeFolders({ home: folder, env: {} });
const config = (text = '{ "imeshh": { "username": "me@example.com" } }') =>
  parseConfig({ env: {}, text, home: home() }).config;
const read = (env = {}) => readPassword({ env, config: config(), signal });
const store = (password: string) => storePassword({ config: config(), password, useKeychain: false, env: {}, signal });

describe.skipIf(process.platform === "win32")("the password", () => {
  it("comes from the environment, else from a file only its owner can read", async () => {
    expect(await read()).toEqual({ password: null, place: null, notice: null });
    expect(await store('p"w\\1')).toEqual({ place: "file", file: secretsFile(home()), why: null });
    expect(await read()).toMatchObject({ password: 'p"w\\1', place: "file", notice: expect.stringContaining(folder) });
    expect(await read({ ASSET_SYNC_IMESHH_PASSWORD: "other" })).toEqual({
      password: "other",
      place: "environment",
      notice: null,
    });
    expect((await stat(secretsFile(home()))).mode & 0o777).toBe(0o600);
    await store("second");
    expect((await read()).password).toBe("second");
    expect(await readdir(folder)).toEqual(["secrets.json"]);
  });

  it("is stored for its owner only although the process would let everybody read", async () => {
    const before = process.umask(0);
    try {
      await store("secret");
    } finally {
      process.umask(before);
    }
    expect((await stat(secretsFile(home()))).mode & 0o777).toBe(0o600);
  });

  it.each([0o640, 0o604, 0o666])("is refused when others can read or write it (%o)", async (mode) => {
    await store("hunter2");
    await chmod(secretsFile(home()), mode);
    const refusal = read();
    await expect(refusal).rejects.toThrow(/Others on this computer can read the password file .*chmod 600/);
    await expect(refusal).rejects.not.toThrow(/hunter2/);
  });

  it.each([0o720, 0o702, 0o777])("is refused when others can put another in its place (%o)", async (mode) => {
    await store("hunter2");
    await chmod(folder, mode);
    await expect(read()).rejects.toThrow(/Others on this computer can put another password file into .*chmod 700/);
  });

  it("is never shown when the file is damaged", async () => {
    await writeFile(secretsFile(home()), '{"imeshh":{"password":"hunter2"', { mode: 0o600 });
    const refusal = read();
    await expect(refusal).rejects.toThrow(/is damaged/);
    await expect(refusal).rejects.not.toThrow(/hunter2/);
    // And what is damaged can be replaced.
    await store("second");
    expect((await read()).password).toBe("second");
  });

  it("is judged by the file a link points to", async () => {
    const target = path.join(folder, "elsewhere");
    await writeFile(target, '{"imeshh":{"password":"hunter2"}}', { mode: 0o600 });
    await symlink(target, secretsFile(home()));
    expect((await read()).password).toBe("hunter2");
    await chmod(target, 0o644);
    await expect(read()).rejects.toThrow(/mode 0644/);
  });

  it("is asked of no keychain for an account without a name", async () => {
    await writePasswordFile(home(), { keychain: "me@example.com at https://shop.example.com" });
    const found = await readPassword({ env: {}, config: config("{}"), signal });
    expect(found).toEqual({ password: null, place: null, notice: null });
    expect(await readFile(secretsFile(home()), "utf8")).not.toContain("password");
  });
});
