import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { QuotaAnswer } from "../src/api/contract/ledger.ts";
import { problemSchema } from "../src/api/contract/problem.ts";
import { settingsSchema } from "../src/api/contract/settings.ts";
import { callDaemon as call, startedAnew, statusOfDaemon as status } from "./scene/call-daemon.ts";
import { startCommand } from "./scene/command.ts";
import { makeScene, type Scene, until } from "./scene/scene.ts";

/** Real processes that start anew; a machine that does other things too takes its time. */
const slowMachineMs = 180_000;

/** An empty home, and variables that put the scene's sandbox in the place of the real shop. */
async function makeEmptyHome(): Promise<{ scene: Scene; environment: Record<string, string> }> {
  const scene = await makeScene();
  await rm(join(scene.home, "config.jsonc"));
  const { shop, blog, feeds, extensions } = scene.sandbox.origins;
  const environment = {
    ASSET_SYNC_IMESHH_PASSWORD: "",
    ASSET_SYNC_IMESHH_ORIGINS_SHOP: shop,
    ASSET_SYNC_IMESHH_ORIGINS_BLOG: blog,
    ASSET_SYNC_IMESHH_ORIGINS_FEEDS: feeds,
    ASSET_SYNC_IMESHH_ORIGINS_EXTENSIONS: extensions,
    ASSET_SYNC_IMESHH_ARCHIVE_HOSTS: '["127.0.0.1"]',
    ASSET_SYNC_LIMITS_DISK_FLOOR_GIGABYTES: "0",
    ASSET_SYNC_API_PORT: "0",
  };
  return { scene, environment };
}

it(
  "an empty home is set up through the API, and the same process goes on with it",
  async () => {
    const { scene, environment } = await makeEmptyHome();
    const command = startCommand(scene, ["serve"], environment);
    const first = await until("the daemon", () => status(scene), 60_000);
    expect(first).toMatchObject({ state: "setup", account: { state: "none" }, libraries: [] });
    const shown = settingsSchema.parse((await call(scene, "GET", "/api/v1/settings")).body);
    expect(shown.settings.find(({ key }) => key === "library.root")?.value).toBe("~/Documents/iMeshh");
    const tooEarly = await call(scene, "GET", "/api/v1/plan");
    expect(problemSchema.parse(tooEarly.body).code).toBe("set-up-missing");

    const setUp = async (body: object) => {
      const answer = await call(scene, "POST", "/api/v1/setup", {
        shop: "imeshh",
        libraryRoot: scene.library,
        ...body,
      });
      return answer.status === 202 ? answer.status : problemSchema.parse(answer.body);
    };
    await mkdir(join(scene.folder, "real"));
    await symlink(join(scene.folder, "real"), join(scene.folder, "link"));
    expect(await setUp({ libraryRoot: join(scene.folder, "link") })).toMatchObject({
      code: "config-invalid",
      problems: [{ key: "library.root", message: expect.stringContaining("is a link") }],
    });
    expect(await setUp({ libraryRoot: "relative" })).toMatchObject({ problems: [{ key: "library.root" }] });
    const username = "artist@example.com";
    expect(await setUp({ account: { username, password: "not-this-one" } })).toMatchObject({ code: "sign-in-failed" });
    // The sign-in alone was asked.
    expect(scene.sandbox.requests().every(({ host }) => host === "shop")).toBe(true);
    for (const path of [join(scene.home, "config.jsonc"), join(scene.home, "secrets.json"), scene.library])
      expect(existsSync(path), path).toBe(false);
    expect(existsSync(join(scene.folder, "Documents"))).toBe(false);

    expect(await setUp({ account: { username, password: "sandbox" }, wanted: [{ freebie: true }] })).toBe(202);
    const second = await startedAnew(scene, first);
    expect(second).toMatchObject({ pid: first.pid, account: { state: "set", username }, isSampleShop: false });
    await until("the free products", async () => (await status(scene))?.assets === 3, 60_000);
    expect(await readFile(join(scene.home, "config.jsonc"), "utf8")).toContain("// Downloads under way at once.");
    expect(existsSync(join(scene.home, "config.schema.json"))).toBe(true);
    const again = await call(scene, "POST", "/api/v1/setup", { shop: "imeshh", libraryRoot: scene.library });
    expect(problemSchema.parse(again.body).code).toBe("set-up-already");

    command.process.kill("SIGTERM");
    const { code, stdout, stderr } = await command.ended;
    expect(code).toBe(0);
    const logs = await Promise.all(
      (await readdir(join(scene.home, "logs"))).map((name) => readFile(join(scene.home, "logs", name), "utf8")),
    );
    expect([stdout, stderr, ...logs].join()).not.toContain("not-this-one");
  },
  slowMachineMs,
);

it(
  "the sample shop keeps to itself: signing in to the real one afterwards finds nothing spent, installed or wanted",
  async () => {
    const { scene, environment } = await makeEmptyHome();
    const command = startCommand(scene, ["serve"], environment);
    const first = await until("the daemon", () => status(scene), 60_000);
    const wanted = [{ freebie: true }];
    await call(scene, "POST", "/api/v1/setup", { shop: "sample-shop", libraryRoot: scene.library, wanted });
    const second = await startedAnew(scene, first);
    expect(second).toMatchObject({ isSampleShop: true, account: { state: "set" } });
    await until("the free products", async () => (await status(scene))?.lastSync?.result.committed === 3, 60_000);
    const spent = async () => ((await call(scene, "GET", "/api/v1/quota")).body as QuotaAnswer).products.length;
    expect(await spent()).toBe(3);
    expect(scene.sandbox.requests()).toEqual([]);
    const sampleFiles = await scene.files();
    expect(sampleFiles.every((path) => path.startsWith("sample-shop/"))).toBe(true);

    const account = { username: "artist@example.com", password: "sandbox" };
    const signedIn = settingsSchema.parse((await call(scene, "POST", "/api/v1/account", account)).body);
    expect(signedIn.settings.find(({ key }) => key === "imeshh.wanted")?.value).toEqual([]);
    const third = await startedAnew(scene, second);
    expect(third).toMatchObject({
      isSampleShop: false,
      assets: 0,
      account: { state: "set", username: account.username },
    });
    await until("a sync with the real shop", async () => (await status(scene))?.lastSync?.result.products, 60_000);
    expect(await spent()).toBe(0);
    expect(scene.spentAtShop()).toBe(0);
    expect((await scene.files()).filter((path) => path.startsWith("sample-shop/"))).toEqual(sampleFiles);
    command.process.kill("SIGTERM");
    expect((await command.ended).code).toBe(0);
  },
  slowMachineMs,
);
