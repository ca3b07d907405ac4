import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, it, onTestFinished } from "vitest";
import type { Terminal } from "../src/cli/command.ts";
import { runCommandLine } from "../src/cli/run.ts";
import type { Finding } from "../src/domain/diagnosis/finding.ts";
import { explainNoMounts, mount } from "./reliability/guards/mounts.ts";
import { makeCertificates } from "./reliability/transfer/certificates.ts";
import { startCommand } from "./scene/command.ts";
import { makeScene, type Scene } from "./scene/scene.ts";

interface Doctor {
  readonly code: number | null;
  readonly findings: readonly Finding[];
  /** The states by check; a check with several findings has its worst. */
  readonly states: Readonly<Record<string, string>>;
  get(check: string): Finding;
}

/** Runs the command line in this process: one of its own for each would take minutes. PATH leads to no Blender. */
async function runDoctor(scene: Scene, environment: Record<string, string> = {}, args: string[] = []): Promise<Doctor> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await runCommandLine({
    args: ["doctor", "--json", ...args],
    env: { PATH: "/nowhere", HOME: scene.folder, ...scene.environment, ...environment },
    terminal: { stdin, stdout, stderr } as unknown as Terminal,
    signal: new AbortController().signal,
  });
  expect(String(stderr.read() ?? "")).toBe("");
  return readAnswer(code, String(stdout.read()));
}

/** The same from a process of its own, as a person starts it. */
async function startDoctor(scene: Scene, environment: Record<string, string> = {}): Promise<Doctor> {
  const command = startCommand(scene, ["doctor", "--json"], { PATH: "/nowhere", ...environment });
  const { code, stdout, stderr } = await command.ended;
  expect(stderr).toBe("");
  return readAnswer(code, stdout);
}

function readAnswer(code: number | null, stdout: string): Doctor {
  const { findings, healthy } = JSON.parse(stdout) as { findings: Finding[]; healthy: boolean };
  expect(healthy).toBe(code === 0);
  return {
    code,
    findings,
    states: Object.fromEntries(findings.map(({ check, state }) => [check, state])),
    get(check) {
      const found = findings.find((finding) => finding.check === check);
      if (found === undefined) throw new Error(`No finding ${check} in ${stdout}`);
      return found;
    },
  };
}

/** A home as asset-sync itself makes it. */
async function makeHealthyScene(): Promise<Scene> {
  const scene = await makeScene();
  await chmod(scene.home, 0o700);
  await chmod(join(scene.home, "config.jsonc"), 0o600);
  return scene;
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

it("finds everything in order, spends nothing, changes nothing, and signs in once", async () => {
  const scene = await makeHealthyScene();
  const before = await readdir(scene.folder, { recursive: true });
  const doctor = await startDoctor(scene);
  expect(doctor.findings.filter(({ state }) => state === "failed" || state === "not-tried")).toEqual([]);
  expect(doctor.code).toBe(0);
  expect(doctor.states).toMatchObject({
    "account.sign-in": "ok",
    "machine.clock": "ok",
    "network.request.blog": "ok",
    "network.request.feeds": "ok",
    "network.request.extensions": "ok",
    "library.model": "ok",
  });
  expect(await readdir(scene.folder, { recursive: true })).toEqual(before);
  expect(scene.spentAtShop()).toBe(0);
  expect(scene.sandbox.requests({ host: "shop" }).map(({ path }) => path)).toEqual(["/wp-json/jwt-auth/v1/token"]);
});

it("asks a running daemon for what only that may open, and reads the same from a copy when none runs", async () => {
  const scene = await makeHealthyScene();
  const daemon = await scene.start();
  await daemon.get([132611]);
  const withDaemon = await runDoctor(scene);
  expect(withDaemon.code).toBe(0);
  expect(withDaemon.get("daemon.running").found).toContain(String(process.pid));
  expect(withDaemon.get("ledger.downloads").found).toContain("1 product was downloaded");
  await daemon.stop();
  const state = join(scene.home, "state.db");
  const before = [(await stat(state)).mtimeMs, await readFile(join(scene.home, "ledger.jsonl"), "utf8")];
  const withoutDaemon = await runDoctor(scene);
  expect(withoutDaemon.code).toBe(0);
  expect(withoutDaemon.get("ledger.downloads").found).toContain("1 product was downloaded");
  expect(withoutDaemon.states["library.model"]).toBe("ok");
  expect([(await stat(state)).mtimeMs, await readFile(join(scene.home, "ledger.jsonl"), "utf8")]).toEqual(before);
  await rm(join(scene.library, "iMeshh-Models", ".asset-sync"));
  const lost = await runDoctor(scene, {}, ["--offline"]);
  expect(lost.get("library.model")).toMatchObject({ state: "failed", found: expect.stringContaining("mount point") });
  expect(lost.code).toBe(1);
  expect(lost.findings.filter(({ check }) => /^network|^account/.test(check))).toEqual([]);
});

it("does not try a remembered refusal again, and says a new one once", async () => {
  const scene = await makeHealthyScene();
  const wrong = { ASSET_SYNC_IMESHH_PASSWORD: "wrong" };
  expect((await runDoctor(scene, wrong)).get("account.sign-in")).toMatchObject({ state: "failed" });
  const signIns = () => scene.sandbox.requests({ path: "/wp-json/jwt-auth/v1/token" }).length;
  expect(signIns()).toBe(1);
  const daemon = await scene.start({ password: "wrong" });
  await daemon.get([132611]);
  await daemon.stop();
  const known = signIns();
  const again = await runDoctor(scene, wrong);
  expect(again.get("account.sign-in").found).toContain("Not tried");
  expect(signIns()).toBe(known);
  expect((await runDoctor(scene)).states["account.sign-in"]).toBe("ok");
});

it("says which of the home's files others may read, and what is wrong in the configuration", async () => {
  const scene = await makeHealthyScene();
  await chmod(scene.home, 0o777);
  await writeFile(join(scene.home, "secrets.json"), "{}", { mode: 0o644 });
  const { code, findings } = await runDoctor(scene, {}, ["--offline"]);
  expect(code).toBe(1);
  expect(findings.filter(({ check }) => check.startsWith("home.")).map(({ mend }) => mend)).toEqual([
    `Run \`chmod 700 "${scene.home}"\`.`,
    `Run \`chmod 600 "${join(scene.home, "secrets.json")}"\`.`,
  ]);
  await writeFile(join(scene.home, "config.jsonc"), '{ "imesh": {}, "api": { "port": "x" } }');
  const broken = await runDoctor(scene);
  expect(broken.code).toBe(1);
  expect(broken.findings.filter(({ check }) => check === "configuration.file")).toHaveLength(2);
  expect(broken.states["configuration.rest"]).toBe("not-tried");
});

it("names the hop that fails: shop down, error page, name unknown, proxy wrong", async () => {
  const scene = await makeHealthyScene();
  scene.fault({ host: "blog", kind: "status", status: 503 });
  const ill = await runDoctor(scene);
  expect(ill.states).toMatchObject({ "network.connection.blog": "ok", "network.request.blog": "failed" });
  expect(ill.states["machine.clock"]).toBe("not-tried");

  const closed = createTcpServer();
  const port = await listen(closed);
  await new Promise((resolve) => closed.close(resolve));
  const { blog, extensions } = scene.sandbox.origins;
  const origins = { shop: `https://127.0.0.1:${port}`, blog, feeds: "http://shop.invalid", extensions };
  await scene.writeConfig({ imeshh: { origins } });
  const away = await runDoctor(scene);
  expect(away.states).toMatchObject({
    "network.connection.shop": "failed",
    "network.tls.shop": "not-tried",
    "network.name.feeds": "failed",
    "network.connection.feeds": "not-tried",
    "network.request.feeds": "not-tried",
    "account.sign-in": "not-tried",
  });

  const refusing = createHttpServer((_request, response) => response.writeHead(407).end());
  refusing.on("connect", (_request, socket) => socket.end("HTTP/1.1 407 No\r\n\r\n"));
  const proxyPort = await listen(refusing);
  const proxied = { ...origins, shop: "https://shop.invalid", feeds: "http://feeds.invalid" };
  await scene.writeConfig({
    imeshh: { origins: proxied },
    network: { proxy: `http://ann:hunter2@127.0.0.1:${proxyPort}` },
  });
  const stopped = await runDoctor(scene);
  expect(stopped.get("network.proxy.shop")).toMatchObject({
    state: "failed",
    tried: expect.stringContaining(`127.0.0.1:${proxyPort}`),
    found: expect.stringContaining("user name and password"),
  });
  expect(stopped.states["network.tls.shop"]).toBe("not-tried");
  expect(JSON.stringify(stopped.findings)).not.toContain("hunter2");
  await scene.writeConfig({ imeshh: { origins: proxied } });
  const fromEnvironment = await startDoctor(scene, { HTTPS_PROXY: `127.0.0.1:${port}` });
  expect(fromEnvironment.get("network.connection.shop")).toMatchObject({
    state: "failed",
    mend: expect.stringContaining("HTTPS_PROXY in the environment"),
  });
});

it("tells whose certificate it is, trusts one that was named, and sends nothing to one that is not trusted", async () => {
  const scene = await makeHealthyScene();
  const folder = await mkdtemp(join(tmpdir(), "asset-sync-doctor-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const certificates = makeCertificates(folder);
  let asked = 0;
  const serve = (identity: { key: string; cert: string }) =>
    listen(
      createHttpsServer(identity, (_request, response) => {
        asked += 1;
        response.writeHead(500).end();
      }),
    );
  const ports = await Promise.all([
    serve(certificates.good),
    serve(certificates.selfSigned),
    serve(certificates.expired),
    serve(certificates.wrongName),
  ]);
  const [good, selfSigned, expired, wrongName] = ports.map((port) => `https://localhost:${port}`);
  await scene.writeConfig({
    imeshh: { origins: { shop: good, blog: selfSigned, feeds: expired, extensions: wrongName } },
  });
  const unknown = await runDoctor(scene);
  expect(unknown.get("network.tls.shop")).toMatchObject({
    state: "failed",
    found: expect.stringContaining("issued by ours"),
    mend: expect.stringContaining("network.extraCertificateFiles"),
  });
  expect(unknown.get("network.tls.blog").found).toContain("issued it to itself");
  expect(asked).toBe(0);

  await scene.writeConfig({
    imeshh: { origins: { shop: good, blog: selfSigned, feeds: expired, extensions: wrongName } },
    network: { extraCertificateFiles: [certificates.authorityFile] },
  });
  const known = await runDoctor(scene);
  expect(known.get("network.tls.shop")).toMatchObject({
    state: "ok",
    found: expect.stringContaining("issued by ours"),
  });
  expect(known.get("network.tls.feeds").found).toContain("has ended");
  expect(known.get("network.tls.extensions").found).toContain("another host");
  await scene.writeConfig({ network: { extraCertificateFiles: [join(folder, "none.pem")] } });
  expect((await runDoctor(scene)).get("network.certificates")).toMatchObject({ state: "failed" });
});

it("warns of a clock that is wrong", async () => {
  const scene = await makeScene({ sandbox: { clockOffsetMs: 0 } });
  const blog = createHttpServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json", date: "Wed, 01 Jul 2020 10:00:00 GMT" });
    response.end(JSON.stringify({ last_updated: "2025-07-21T21:38:11Z" }));
  });
  const { shop, feeds, extensions } = scene.sandbox.origins;
  await scene.writeConfig({
    imeshh: { origins: { shop, blog: `http://127.0.0.1:${await listen(blog)}`, feeds, extensions } },
  });
  expect((await runDoctor(scene)).get("machine.clock")).toMatchObject({
    state: "warning",
    found: expect.stringContaining("ahead"),
  });
});

it.skipIf(process.platform === "win32")("finds Blender in PATH by starting it, for a bounded time", async () => {
  const scene = await makeHealthyScene();
  const fake = async (name: string, script: string) => {
    await mkdir(join(scene.folder, name));
    await writeFile(join(scene.folder, name, "blender"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return join(scene.folder, name);
  };
  const good = await fake("good", `echo "Blender 4.5.2 LTS"; echo "  build date: $ASSET_SYNC_IMESHH_PASSWORD"`);
  const bad = await fake("bad", "exit 3");
  const { findings } = await runDoctor(scene, { PATH: `${good}:${bad}:.` }, ["--offline"]);
  const programs = findings.filter(({ check }) => check === "blender.program");
  expect(programs).toMatchObject([
    { state: "ok", found: "Blender 4.5.2 LTS." },
    { state: "warning", found: expect.stringContaining("status 3") },
  ]);
  expect(findings.at(-1)?.found).toContain(join(scene.library, "iMeshh-Effects"));
});

const noMounts = explainNoMounts();
it.skipIf(noMounts !== null)("sees a full disk and one that is in memory only", async () => {
  const scene = await makeHealthyScene();
  await mkdir(scene.library);
  mount(scene.library, "-t", "tmpfs", "-o", "size=4m", "tmpfs");
  expect((await runDoctor(scene, {}, ["--offline"])).get("disk.library")).toMatchObject({
    state: "warning",
    found: expect.stringContaining("tmpfs"),
  });
  await scene.writeConfig({ limits: { diskFloorGigabytes: 1 } });
  const full = await runDoctor(scene, {}, ["--offline"]);
  expect([full.code, full.states["disk.library"]]).toEqual([1, "failed"]);
});

it("asks nothing of the real shop for who follows the sample shop", async () => {
  const scene = await makeHealthyScene();
  const doctor = await runDoctor(scene, { ASSET_SYNC_IMESHH_SHOP: "sample-shop" });
  expect(doctor.get("network.sample-shop").state).toBe("ok");
  expect(doctor.findings.filter(({ check }) => /^(network\.(dns|tcp|tls|request)|account)/.test(check))).toEqual([]);
  expect(scene.sandbox.requests()).toEqual([]);
});

it("is text at 80 columns for people", async () => {
  const scene = await makeHealthyScene();
  const { code, stdout } = await startCommand(scene, ["doctor", "--offline"], { PATH: "/nowhere" }).ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^This computer\nok {6}Ask Node for its version: Node /);
  expect(stdout.split("\n").filter((line) => line.length > 80 && /\S \S/.test(line.slice(8)))).toEqual([]);
});
