import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { count, runSeed } from "../level.ts";
import { record, recordSkipped } from "../record.ts";
import type { AttackReport } from "./run-attacks.ts";

const script = fileURLToPath(new URL("run-attacks.ts", import.meta.url));
/** TEST-NET-3 (RFC 5737): stands for an address out there; no packet to it ever leaves the namespace. */
const publicAddress = "203.0.113.5";

const noChromium = existsSync("/usr/bin/chromium") ? null : "there is no /usr/bin/chromium";
const noNamespace =
  spawnSync("unshare", ["-n", "ip", "link", "set", "lo", "up"]).status === 0
    ? null
    : "no network namespace can be made here (it takes root, unshare and ip)";
const what = "hostile pages in real Chromium against the local API";
if (noChromium !== null) recordSkipped("T24", what, noChromium);
else if (noNamespace !== null) recordSkipped("T24", "the same from a public address", noNamespace);

/** Runs the attacks, in a network of their own where that can be had, and ends everything that it started. */
async function runAttacks(settings: { seed: number; randomFetches: number }, withinMs: number): Promise<AttackReport> {
  const given = JSON.stringify({ ...settings, publicAddress: noNamespace === null ? publicAddress : null });
  const node = [process.execPath, "--conditions=@org/source", script, given];
  const inNamespace = `ip link set lo up && ip addr add ${publicAddress}/32 dev lo && exec "$@"`;
  const [command = "", ...args] =
    noNamespace === null ? ["unshare", "-n", "sh", "-c", inNamespace, "sh", ...node] : node;
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const endAll = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // All of them have ended.
    }
  };
  const timer = setTimeout(endAll, withinMs);
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  try {
    const code = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", resolve);
    });
    if (code !== 0) throw new Error(`The attacks ended with ${code}: ${stderr}`);
  } finally {
    clearTimeout(timer);
    endAll();
  }
  return JSON.parse(stdout) as AttackReport;
}

it.skipIf(noChromium !== null)(
  "no page of another origin is served by the daemon or can read anything from it",
  { timeout: count({ commit: 180_000, nightly: 600_000 }) },
  async () => {
    const seed = runSeed();
    const startedMs = performance.now();
    const report = await runAttacks(
      { seed, randomFetches: count({ commit: 40, nightly: 1_000, release: 3_000 }) },
      count({ commit: 170_000, nightly: 590_000 }),
    );
    const wrong = report.scenes.flatMap(({ name, served, read }) => [
      ...served.map((answer) => `served to ${name}: ${JSON.stringify(answer)}`),
      ...read.map((text) => `read by ${name}: ${text}`),
    ]);
    const arrived = report.scenes.reduce((sum, scene) => sum + scene.arrived, 0);
    const readable = `${report.readFromNaive} of ${report.attacks.length} means read from a server without defences`;
    record({
      test: "T24",
      what: `${what}: ${report.attacks.length} means, ${report.scenes.length} scenes`,
      injections: arrived,
      wrong: wrong.length + report.changed.length,
      secondSpends: null,
      seed,
      ms: Math.round(performance.now() - startedMs),
      note: `0 means nothing served, nothing readable, nothing changed; ${readable}`,
    });

    expect(wrong, `seed ${seed}`).toEqual([]);
    expect(report.changed).toEqual([]);
    // The one page that others may send a person to: served under our own names, and never to be read (above).
    const landed = report.scenes.flatMap((scene) => scene.landed);
    expect(new Set(landed.map(({ path, status }) => `${path} ${status}`))).toEqual(
      new Set(["/open 200", "/open 403", "/open.js 200", "/open.js 403"]),
    );
    for (const { host, status } of landed) {
      const isOurs = /^(?:127\.0\.0\.1|localhost|\[::1\]):/.test(host);
      if (!isOurs) expect([host, status]).toEqual([host, 403]);
    }

    // Each means is a real one: without defences it arrives, and half of them can read.
    expect(report.didNotReachNaive).toEqual([]);
    expect(report.readFromNaive).toBeGreaterThan(15);
    // And each arrived at the daemon, at 127.0.0.1, localhost, 0.0.0.0 and a foreign name.
    for (const { name, arrived: seen } of report.scenes) {
      // The browser itself keeps public pages out, as far as it is not told otherwise; not relied upon.
      if (name === "a public address") continue;
      const least = name.startsWith("after rebinding") ? 30 : name === "requests at random" ? 10 : 140;
      expect(seen, name).toBeGreaterThan(least);
    }

    expect(report.ownPage).toEqual({
      console: true,
      usedLandingCode: [401, 401],
      metrics: [200, 401],
      openApi: [200, 401],
      exchanged: 200,
      again: 401,
      withKey: 200,
      withoutKey: 401,
      wrongKey: 401,
      events: 200,
      // It cannot send the key.
      eventSource: "refused",
      cookieThatScriptsSee: "",
    });
    // Browsers do show the cookie to other ports of this host. It is worth nothing without the key.
    expect(report.cookieSeenByOthers).toBe(true);
    expect(report.replayed).toEqual([401, 401, 401]);
  },
);
