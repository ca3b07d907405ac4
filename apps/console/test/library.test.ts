import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { launchBrowser, noBrowser, openPage, type WatchedPage } from "./scene/browser.ts";
import { type ConsoleScene, makeConsoleScene, type RunningCommand } from "./scene/console-scene.ts";
import { lookAtEverySide } from "./scene/every-side.ts";
import { openView } from "./scene/open-view.ts";

const clayVase = 132611;
const vaseFolder = "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01";

// A browser, a daemon and a shop on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.skipIf(noBrowser !== null)("the library", () => {
  let browser: Browser;
  let scene: ConsoleScene;
  let command: RunningCommand;
  let watched: WatchedPage;
  beforeAll(async () => {
    browser = await launchBrowser();
    scene = await makeConsoleScene({ wanted: [{ freebie: true }] });
    command = await scene.start();
    await command.call("POST", "/api/v1/sync");
    watched = await openPage(browser);
    await openView(watched.page, command, "/library");
  });
  afterAll(async () => {
    await watched.context.close();
    await browser.close();
    await scene.close();
  });

  it("shows what is on disk, on every side, and finds by name", async () => {
    const { page, complaints } = watched;
    await page.getByText(scene.library).first().waitFor();
    await page.getByText("3 assets", { exact: true }).waitFor();
    await page.getByText("Clay Vase 01").waitFor();
    expect(await lookAtEverySide(page, "library")).toEqual([]);
    await page.getByRole("searchbox", { name: "Search the library" }).fill("vase");
    await page.getByText("1 asset", { exact: true }).waitFor();
    expect(await page.getByRole("listitem").filter({ hasText: "Steam Plume" }).count()).toBe(0);
    await page.getByRole("searchbox", { name: "Search the library" }).fill("");
    expect(complaints).toEqual([]);
  });

  it("finds a lost file and mends it at no cost", async () => {
    const { page } = watched;
    const file = join(scene.library, vaseFolder, "Decor_Vase_Clay_01.blend");
    expect(existsSync(file)).toBe(true);
    await rm(file);
    await page.getByRole("button", { name: "Check all files" }).click();
    await page.getByText("1 asset is not as it came").waitFor();
    await page.getByText("1 file missing").waitFor();
    expect(await lookAtEverySide(page, "library-damaged")).toEqual([]);
    await page.getByRole("button", { name: "Repair 1 asset · costs nothing" }).click();
    await page.getByText("1 asset is whole again").waitFor();
    expect(existsSync(file)).toBe(true);
    expect(scene.spentAtShop()).toBe(3);
  });

  it("updates for the price on the button, and puts the earlier version back for nothing", async () => {
    const { page } = watched;
    scene.sandbox.updateProduct(clayVase);
    await command.call("POST", "/api/v1/sync");
    await page.getByText("Updates (1)").click();
    const update = page.getByRole("button", { name: "Update · costs 1: Clay Vase 01" });
    await update.waitFor();
    expect(await lookAtEverySide(page, "library-updates")).toEqual([]);
    expect(scene.spentAtShop()).toBe(3);
    await update.click();
    await page.getByText("Everything is as new as the shop's.").waitFor({ timeout: 90_000 });
    expect(scene.spentAtShop()).toBe(4);

    await page.getByText("All", { exact: true }).click();
    await page.getByRole("button", { name: "What can be done with Clay Vase 01" }).click();
    await page.getByRole("menuitem", { name: "Put the version before back" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Put the version before back" }).click();
    await page.getByText("1 asset is whole again").waitFor();
    await page.getByText("Updates (1)").waitFor();
    expect(scene.spentAtShop()).toBe(4);
  });

  it("stays calm when a library is not there, and sees it come back", async () => {
    const { page } = watched;
    const models = join(scene.library, "iMeshh-Models");
    const before = scene.spentAtShop();
    await rename(models, `${models}-away`);
    await command.call("POST", "/api/v1/sync");
    const notice = page.getByRole("alert").filter({ hasText: "cannot be used now" });
    await notice.waitFor();
    expect(await notice.textContent()).toContain("Nothing is lost and nothing is downloaded again");
    await rm(models, { recursive: true, force: true });
    await rename(`${models}-away`, models);
    await command.call("POST", "/api/v1/sync");
    await notice.waitFor({ state: "detached", timeout: 60_000 });
    expect(scene.spentAtShop()).toBe(before);
  });

  it("saves the bill of assets as a table", async () => {
    const { page } = watched;
    await page.getByRole("button", { name: "More" }).click();
    const arriving = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Bill of assets (CSV)" }).click();
    const download = await arriving;
    expect(download.suggestedFilename()).toBe("assets.csv");
  });
});
