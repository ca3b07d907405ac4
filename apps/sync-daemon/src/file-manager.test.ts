import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { showInFileManager } from "./file-manager.ts";
import type { Desktop } from "./programs/desktop.ts";

/** A program that writes down how it was started, in the place of the desktop's. */
async function makeDesktop(name: string, platform: NodeJS.Platform, env: Desktop["env"]) {
  const folder = await mkdtemp(join(tmpdir(), "asset-sync-desktop-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const record = join(folder, "record");
  const script = `#!/bin/sh\n{ for word in "$@"; do echo "word $word"; done; /usr/bin/env; } > ${record}.new\n/bin/mv ${record}.new ${record}\n`;
  await writeFile(join(folder, name), script, { mode: 0o755 });
  return {
    desktop: { platform, env, programFolders: [join(folder, "nothing"), folder] },
    async seen(): Promise<string[]> {
      for (;;) {
        const text = await readFile(record, "utf8").catch(() => null);
        if (text !== null) return text.trimEnd().split("\n");
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}

const secretEnv = { DISPLAY: ":7", HOME: "/home/artist", ASSET_SYNC_IMESHH_PASSWORD: "hidden", PATH: "/elsewhere" };

describe.skipIf(process.platform === "win32")("showing a folder", () => {
  it("starts the file manager with the folder as one word, and without what it need not know", async () => {
    const { desktop, seen } = await makeDesktop("xdg-open", "linux", secretEnv);
    await showInFileManager(desktop, `/library/$(touch x); "a" 'b' & c`);
    const lines = await seen();
    expect(lines.filter((line) => line.startsWith("word "))).toEqual([`word /library/$(touch x); "a" 'b' & c`]);
    expect(lines).toContain("DISPLAY=:7");
    expect(lines).toContain(`PATH=${desktop.programFolders.join(":")}`);
    expect(lines.join("\n")).not.toContain("hidden");
  });

  it("uses the program of the system", async () => {
    const { desktop, seen } = await makeDesktop("open", "darwin", {});
    await showInFileManager(desktop, "/library/a");
    expect(await seen()).toContain("word /library/a");
  });

  it("says calmly that there is no screen or no program", async () => {
    const { desktop } = await makeDesktop("xdg-open", "linux", {});
    await expect(showInFileManager(desktop, "/library/a")).rejects.toMatchObject({
      code: "file-manager-missing",
      message: '"/library/a" cannot be shown: asset-sync runs without a screen.',
    });
    const without = { ...desktop, env: secretEnv, programFolders: ["/nowhere"] };
    await expect(showInFileManager(without, "/library/a")).rejects.toMatchObject({
      code: "file-manager-missing",
      message: '"/library/a" cannot be shown: this machine has no "xdg-open".',
    });
  });

  it("says that the program cannot be started", async () => {
    const { desktop } = await makeDesktop("xdg-open", "linux", secretEnv);
    const broken = join(desktop.programFolders[1] ?? "", "xdg-open");
    await writeFile(broken, "#!/nowhere/interpreter\n");
    await expect(showInFileManager(desktop, "/library/a")).rejects.toMatchObject({ code: "file-manager-missing" });
  });
});
