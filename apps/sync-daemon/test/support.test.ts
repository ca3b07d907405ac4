import { appendFile, chmod, mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import type { Terminal } from "../src/cli/command.ts";
import { runCommandLine } from "../src/cli/run.ts";
import { createPlantedSecrets, makePassword, type PlantedSecrets } from "./reliability/secrets/planted-secrets.ts";
import { makeScene, type Scene } from "./scene/scene.ts";

interface Place {
  readonly scene: Scene;
  readonly planted: PlantedSecrets;
  /** The person's own folder, with a blank in its name. */
  readonly person: string;
  run(args: string[], typed?: string): Promise<{ code: number; stdout: string; stderr: string }>;
}

/** A home below a person's folder, with a password in its file and a download in its ledger. */
async function makePlace(): Promise<Place> {
  const planted = createPlantedSecrets();
  const password = makePassword();
  planted.add("password", password);
  planted.add("user name", "artist@example.com");
  const scene = await makeScene({ sandbox: { accounts: [{ username: "artist@example.com", password }] } });
  const person = join(scene.folder, "Ann Lee");
  planted.add("home folder", "Ann Lee");
  await mkdir(person);
  const secrets = JSON.stringify({ imeshh: { password } });
  await writeFile(join(scene.home, "secrets.json"), secrets, { mode: 0o600 });
  await scene.writeConfig({
    library: { root: join(person, "Assets") },
    network: { noProxy: "localhost,127.0.0.1", proxy: "http://ann:pr0xy-secret-word@proxy.invalid:3128" },
  });
  planted.add("proxy's password", "pr0xy-secret-word");
  const daemon = await scene.start({ password });
  await daemon.get([132611]);
  planted.add("token of the API", daemon.daemon.token);
  await daemon.stop();
  const home = join(person, "home");
  await rename(scene.home, home);
  await chmod(home, 0o700);
  return {
    scene,
    planted,
    person,
    async run(args, typed) {
      const stdin = new PassThrough();
      const [stdout, stderr] = [new PassThrough(), new PassThrough()];
      if (typed !== undefined) {
        Object.assign(stdin, { isTTY: true });
        Object.assign(stderr, { isTTY: true });
        stdin.write(`${typed}\n`);
      }
      const code = await runCommandLine({
        args: [...args, "--home", home],
        env: { PATH: "/nowhere", HOME: person },
        terminal: { stdin, stdout, stderr } as unknown as Terminal,
        signal: new AbortController().signal,
      });
      return { code, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
    },
  };
}

it("shows everything that helps and nothing that is secret or says who somebody is", async () => {
  const { planted, person, run } = await makePlace();
  const logs = join(person, "home", "logs");
  const [log = ""] = (await readdir(logs)).filter((name) => name.endsWith(".log"));
  planted.add("token in the log", "planted-bearer-token");
  planted.add("signature in the log", "0a1b2c3d4e5f60718293");
  const line = {
    time: "2026-07-01T08:00:00Z",
    level: "warn",
    msg: `In ${person}/x: Authorization: Bearer planted-bearer-token`,
    url: "https://r2.imeshh.com/x.zip?X-Amz-Signature=0a1b2c3d4e5f60718293",
  };
  await appendFile(join(logs, log), `${JSON.stringify(line)}\n`);

  const { code, stdout, stderr } = await run(["support", "--offline"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(planted.findIn(Buffer.from(stdout))).toEqual([]);
  for (const told of [
    "asset-sync 0.0.0",
    'library.root = "~/Assets"',
    'network.proxy = "http://proxy.invalid:3128"',
    "imeshh.username = [user name]",
    "~/home/config.jsonc",
    "Product 132611",
    "1 completed, 0 without an answer",
    "spend-confirmed",
    "In ~/x: Authorization: [hidden]",
  ])
    expect(stdout).toContain(told);
  const last = JSON.parse((await run(["support", "--offline", "--json"])).stdout) as { file: null; text: string };
  expect(last.file).toBeNull();
  expect(planted.findIn(Buffer.from(last.text))).toEqual([]);
});

it("writes only what was shown, where it was told to, for its owner, and over nothing", async () => {
  const { person, planted, run } = await makePlace();
  const file = join(person, "support.txt");
  const written = await run(["support", "--offline", "--output", file]);
  expect([written.code, written.stdout]).toEqual([0, expect.stringContaining(`Written: ${file}`)]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(planted.findIn(await readFile(file))).toEqual([]);
  await writeFile(file, "mine");
  const again = await run(["support", "--offline", "--output", file]);
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("already")]);
  expect(await readFile(file, "utf8")).toBe("mine");

  const asked = await run(["support", "--offline"], "no");
  expect([asked.code, asked.stderr]).toEqual([0, expect.stringContaining("Write the text above to a file?")]);
  const yes = join(person, "yes.txt");
  const agreed = await run(["support", "--offline"], yes);
  const content = await readFile(yes, "utf8");
  expect(agreed.stdout.trimEnd()).toBe(content.trimEnd());
});
