import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { apiFileSchema } from "../src/api/contract/api-file.ts";
import { problemSchema } from "../src/api/contract/problem.ts";
import { settingsSchema } from "../src/api/contract/settings.ts";
import { callDaemon as call, startedAnew, statusOfDaemon as status } from "./scene/call-daemon.ts";
import { startCommand } from "./scene/command.ts";
import { makeScene, type Scene, until } from "./scene/scene.ts";

/** Real processes that start anew; a machine that does other things too takes its time. */
const slowMachineMs = 180_000;

const configFile = (scene: Scene) => join(scene.home, "config.jsonc");

it(
  "tells every key, changes the file with its comments, and refuses all or nothing by key",
  async () => {
    const scene = await makeScene({ wanted: [] });
    const text = (await readFile(configFile(scene), "utf8")).replace("{", "{\n  // mine");
    await writeFile(configFile(scene), text);
    await chmod(configFile(scene), 0o600);
    const daemon = await scene.start();
    const before = settingsSchema.parse(await daemon.call("GET", "/api/v1/settings"));
    expect(before.settings.find(({ key }) => key === "limits.downloads")).toMatchObject({
      value: 6,
      default: 6,
      source: "default",
      needsRestart: false,
    });
    expect(before.settings.find(({ key }) => key === "library.root")).toMatchObject({
      value: scene.library,
      source: "file",
      needsRestart: true,
      isOnlyInFile: false,
    });
    expect(before.settings.filter(({ isOnlyInFile }) => isOnlyInFile).map(({ key }) => key)).toContain("api.port");

    const change = (changes: unknown, dryRun = false) =>
      daemon.call("POST", "/api/v1/settings", { changes, dryRun }).then(settingsSchema.parse);
    await change({ "limits.downloads": 3 }, true);
    expect(await readFile(configFile(scene), "utf8")).toBe(text);
    const after = await change({ "limits.downloads": 3, "library.root": join(scene.folder, "elsewhere") });
    expect(after.needsRestart).toEqual(["library.root"]);
    expect((await daemon.status()).needsRestart).toEqual(["library.root"]);
    const written = await readFile(configFile(scene), "utf8");
    expect(written).toContain("// mine");
    expect(written).toContain('"downloads": 3');
    expect((await stat(configFile(scene))).mode & 0o777).toBe(0o600);

    const refused = await fetch(`${daemon.daemon.address}/api/v1/settings`, {
      method: "POST",
      headers: { authorization: `Bearer ${daemon.daemon.token}`, "content-type": "application/json" },
      body: JSON.stringify({
        changes: {
          "limits.downloads": 99,
          "limits.entires": 1,
          "network.proxy": null,
          "imeshh.wanted": [{ assetType: "modle" }],
          "library.root": configFile(scene),
        },
      }),
    });
    expect(refused.status).toBe(422);
    const problem = problemSchema.parse(await refused.json());
    expect(problem.code).toBe("config-invalid");
    expect(Object.fromEntries((problem.problems ?? []).map(({ key, message }) => [key, message]))).toMatchObject({
      "limits.downloads": "expected at most 32, but it is 99.",
      "limits.entires": 'there is no such key; did you mean "limits.entries"?',
      "network.proxy": expect.stringContaining("edit config.jsonc"),
      "imeshh.wanted[0].assetType": expect.stringContaining('did you mean "model"?'),
    });
    await expect(change({ "library.root": configFile(scene) })).rejects.toThrow("is a file and no folder");
    expect(await readFile(configFile(scene), "utf8")).toBe(written);
    await change({ "limits.downloads": null, "library.root": scene.library });
    expect((await daemon.status()).needsRestart).toEqual([]);
    await expect(daemon.call("POST", "/api/v1/restart")).rejects.toThrow("restart-refused");
  },
  slowMachineMs,
);

it(
  "starts anew in the same process at the same port, and comes back with the old configuration where the new is bad",
  async () => {
    const scene = await makeScene({ wanted: [] });
    const command = startCommand(scene, ["serve"]);
    const first = await until("the daemon", () => status(scene), 60_000);
    const apiFile = await readFile(join(scene.home, "api.json"), "utf8");
    const elsewhere = join(scene.folder, "elsewhere");
    await call(scene, "POST", "/api/v1/settings", { changes: { "library.root": elsewhere } });
    expect(await call(scene, "POST", "/api/v1/restart")).toMatchObject({ status: 202 });
    const second = await startedAnew(scene, first);
    expect(second).toMatchObject({ pid: first.pid, needsRestart: [], notices: expect.any(Array) });
    expect(second.libraries[0]?.folder.startsWith(elsewhere)).toBe(true);
    const [before, after] = [apiFile, await readFile(join(scene.home, "api.json"), "utf8")].map((text) =>
      apiFileSchema.parse(JSON.parse(text)),
    );
    expect(after?.address).toBe(before?.address);
    expect(after?.token).not.toBe(before?.token);

    const text = await readFile(configFile(scene), "utf8");
    await writeFile(configFile(scene), text.replace('"root"', '"rott"'));
    await call(scene, "POST", "/api/v1/restart");
    const third = await startedAnew(scene, second);
    expect(third.notices[0]).toMatchObject({ code: "config-invalid", message: expect.stringContaining("rott") });
    expect(third.libraries[0]?.folder.startsWith(elsewhere)).toBe(true);

    const taken = new URL(scene.sandbox.origins.shop).port;
    await writeFile(configFile(scene), text.replace('"port": 0', `"port": ${taken}`));
    await call(scene, "POST", "/api/v1/restart");
    const fourth = await startedAnew(scene, third);
    expect(fourth).toMatchObject({ pid: first.pid, needsRestart: ["api.port"] });
    expect(fourth.notices[0]).toMatchObject({ code: "port-taken", message: expect.stringContaining(taken) });

    command.process.kill("SIGTERM");
    expect((await command.ended).code).toBe(0);
  },
  slowMachineMs,
);

it(
  "signs in with another account after the shop has accepted it, and tells the password to nobody",
  async () => {
    const scene = await makeScene({ wanted: [], imeshh: { username: "nobody@example.com" } });
    const command = startCommand(scene, ["serve"], { ASSET_SYNC_IMESHH_PASSWORD: "" });
    const first = await until("the daemon", () => status(scene), 60_000);
    expect(first.account).toEqual({ state: "no-password", username: "nobody@example.com" });
    const text = await readFile(configFile(scene), "utf8");

    const wrong = await call(scene, "POST", "/api/v1/account", {
      username: "artist@example.com",
      password: "not-this-one",
    });
    expect(problemSchema.parse(wrong.body)).toMatchObject({ code: "sign-in-failed" });
    expect(await readFile(configFile(scene), "utf8")).toBe(text);
    await expect(readFile(join(scene.home, "secrets.json"))).rejects.toThrow("ENOENT");

    const right = await call(scene, "POST", "/api/v1/account", { username: "artist@example.com", password: "sandbox" });
    expect(settingsSchema.parse(right.body).account).toEqual({ username: "artist@example.com", passwordPlace: "file" });
    const second = await startedAnew(scene, first);
    expect(second.account).toEqual({ state: "set", username: "artist@example.com" });
    expect(second.pid).toBe(first.pid);
    command.process.kill("SIGTERM");
    const { stdout, stderr, code } = await command.ended;
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain("not-this-one");
  },
  slowMachineMs,
);
