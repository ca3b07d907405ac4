import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createConfigAccess } from "./config-access.ts";
import { ConfigError } from "./config-error.ts";
import { ConfigEditedError, replaceConfig } from "./replace-config.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "asset-sync-home-"));
  file = path.join(folder, "config.jsonc");
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it("what others write meanwhile is kept, whoever comes first", async () => {
  await writeFile(file, "{\n}\n");
  const accesses = [createConfigAccess({ home: folder, env: {} }), createConfigAccess({ home: folder, env: {} })];
  let lines = 0;
  const writeAsAnEditor = async () => {
    for (; lines < 20; lines += 1) {
      const text = await readFile(file, "utf8");
      // As an editor does it: what it read, and a line more, if nobody was quicker.
      await replaceConfig({ file, before: text, text: `${text}// line ${lines}\n` }).catch((error: unknown) => {
        if (!(error instanceof ConfigEditedError)) throw error;
        lines -= 1;
      });
    }
  };
  const changes = ["downloads", "entries", "archiveGigabytes", "extractedGigabytes"].map((name, index) =>
    accesses[index % 2]?.change({ [`limits.${name}`]: index + 1 }).catch((error: unknown) => error),
  );
  const [outcomes] = await Promise.all([Promise.all(changes), writeAsAnEditor()]);
  const text = await readFile(file, "utf8");
  for (let line = 0; line < 20; line += 1) expect(text).toContain(`// line ${line}\n`);
  const { values } = await createConfigAccess({ home: folder, env: {} }).load();
  const { downloads, entries, archiveGigabytes, extractedGigabytes } = values.limits;
  // One that lost against the editor five times says so; each other one is there.
  const set = [downloads, entries, archiveGigabytes, extractedGigabytes];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome instanceof Error) expect(outcome.message).toContain("written by another program");
    else expect(set[index]).toBe(index + 1);
  }
});

it("a link to a file elsewhere stays one, and the file keeps its mode", async () => {
  const real = path.join(folder, "dotfiles.jsonc");
  await writeFile(real, "{}");
  await chmod(real, 0o640);
  await symlink(real, file);
  await createConfigAccess({ home: folder, env: {} }).change({ "limits.downloads": 2 });
  expect(await readFile(real, "utf8")).toContain('"downloads": 2');
  expect((await stat(real)).mode & 0o777).toBe(0o640);
});

it("what a variable sets is told as such and not changed; other keys are, also where there was no file", async () => {
  const root = path.join(folder, "library");
  const access = createConfigAccess({
    home: folder,
    env: { ASSET_SYNC_LIBRARY_ROOT: root, ASSET_SYNC_LIMITS_DOWNLOADS: "3" },
  });
  const refused = await access.change({ "limits.downloads": 2, "limits.entries": 0 }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ConfigError);
  expect((refused as ConfigError).byKey).toMatchObject([
    { key: "limits.downloads", reason: expect.stringContaining("variable of the environment") },
    { key: "limits.entries", reason: expect.stringContaining("more than 0") },
  ]);
  expect(access.findPasswordProblem()).toBeNull();
  const { origins } = await access.change({ "limits.entries": 5 });
  expect([origins.get("limits.downloads"), origins.get("limits.entries")]).toEqual(["environment", "file"]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it("the libraries go into a real folder that may be written to, or a new one below such", async () => {
  await writeFile(file, "{}");
  const access = createConfigAccess({ home: folder, env: {} });
  const tryRoot = (root: string) =>
    access.change({ "library.root": root }, { dryRun: true }).then(
      () => "taken",
      (error: ConfigError) => error.byKey[0]?.reason ?? error.message,
    );
  await mkdir(path.join(folder, "real"));
  await symlink(path.join(folder, "real"), path.join(folder, "link"));
  expect(await tryRoot(path.join(folder, "real"))).toBe("taken");
  expect(await tryRoot(path.join(folder, "real", "new", "newer"))).toBe("taken");
  expect(await tryRoot(path.join(folder, "link"))).toContain("is a link");
  expect(await tryRoot(path.join(folder, "config.jsonc", "x"))).toContain("is a file");
  expect(await tryRoot(path.join(folder, "a\u0007b"))).toContain("cannot be seen");
  expect(await tryRoot("relative/x")).toContain("whole path");
  expect(await readFile(file, "utf8")).toBe("{}");
});

it("whom to speak to and where the API listens stays as the file says, whatever else is changed", async () => {
  await writeFile(file, "{}");
  const access = createConfigAccess({ home: folder, env: {} });
  const changes = {
    "limits.downloads": 2,
    "imeshh.origins.shop": "https://shop.example.com",
    "imeshh.archiveHosts": ["files.example.com"],
    "network.proxy": "http://proxy.example.com:3128",
    "network.extraCertificateFiles": [],
    "api.port": 1,
  };
  const refused = await access.change(changes).catch((error: unknown) => error);
  expect((refused as ConfigError).byKey.map(({ key }) => key)).toEqual(Object.keys(changes).slice(1));
  for (const problem of (refused as ConfigError).problems) expect(problem).toContain("edit config.jsonc");
  expect(await readFile(file, "utf8")).toBe("{}");
});
