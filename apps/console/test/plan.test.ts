import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { launchBrowser, noBrowser, openPage, type WatchedPage } from "./scene/browser.ts";
import { type ConsoleScene, makeConsoleScene, type RunningCommand } from "./scene/console-scene.ts";
import { lookAtEverySide } from "./scene/every-side.ts";
import { openView } from "./scene/open-view.ts";
import { until } from "./scene/until.ts";

// A browser, a daemon and a shop on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.skipIf(noBrowser !== null)("the plan", () => {
  let browser: Browser;
  let scene: ConsoleScene;
  let command: RunningCommand;
  let watched: WatchedPage;
  const config = () => readFile(join(scene.home, "config.jsonc"), "utf8");
  beforeAll(async () => {
    browser = await launchBrowser();
    scene = await makeConsoleScene();
    command = await scene.start();
    await command.call("POST", "/api/v1/sync");
    watched = await openPage(browser);
    await openView(watched.page, command, "/plan");
  });
  afterAll(async () => {
    await watched.context.close();
    await browser.close();
    await scene.close();
  });

  it("prices rules while one types, and nothing is spent or written", async () => {
    const { page } = watched;
    await page.getByText("0 downloads").waitFor();
    await page.getByRole("button", { name: "All free products" }).click();
    await page.getByText("3 downloads").waitFor();
    await page.getByText("3 products").waitFor();
    await page.getByText("Clay Vase 01").waitFor();
    await page.getByRole("button", { name: "Edit rule 1" }).click();
    const words = page.getByLabel("Words");
    await words.fill("vase");
    await page.getByText("1 download", { exact: true }).waitFor();
    expect(await lookAtEverySide(page, "plan")).toEqual([]);
    await words.fill("");
    await page.getByText("3 downloads").waitFor();
    expect(await config()).not.toContain("freebie");
    expect(scene.spentAtShop()).toBe(0);
  });

  it("asks before changes are lost", async () => {
    const { page } = watched;
    await page.getByRole("link", { name: "Library" }).first().click();
    await page.getByRole("dialog", { name: "Leave the plan?" }).waitFor();
    await page.getByRole("button", { name: "Not now" }).click();
    await page.getByRole("heading", { name: "Plan", level: 1 }).waitFor();
    await page.getByText("Not applied yet", { exact: true }).waitFor();
  });

  it("writes the rules down when told to, and spends only what the button says", async () => {
    const { page, complaints } = watched;
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("The rules are written down.").waitFor();
    expect(await config()).toContain('"freebie": true');
    await page.getByRole("button", { name: "Sync now · costs 3 downloads" }).click();
    await until("the shop has counted three", () => scene.spentAtShop() === 3);
    await page.getByText("0 downloads").waitFor({ timeout: 90_000 });
    expect(scene.spentAtShop()).toBe(3);
    expect(complaints).toEqual([]);
  });
});
