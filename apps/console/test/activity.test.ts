import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { launchBrowser, noBrowser, openPage, type WatchedPage } from "./scene/browser.ts";
import { type ConsoleScene, makeConsoleScene, type RunningCommand } from "./scene/console-scene.ts";
import { lookAtEverySide } from "./scene/every-side.ts";
import { openView } from "./scene/open-view.ts";

const clayVase = 132611;

// A browser, a daemon and a shop on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.skipIf(noBrowser !== null)("activity", () => {
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
  });
  afterAll(async () => {
    await watched.context.close();
    await browser.close();
    await scene.close();
  });

  it("lists each spend as the shop counts them", async () => {
    const { page } = watched;
    await openView(page, command, "/activity?show=ledger");
    await page.getByText("3 downloads spent of 3 products").waitFor();
    const rows = page.getByRole("row").filter({ hasText: "The shop handed out a link." });
    expect(await rows.count()).toBe(scene.spentAtShop());
    expect(await rows.filter({ hasText: "Clay Vase 01" }).textContent()).toContain("a rule");
    expect(await lookAtEverySide(page, "ledger")).toEqual([]);
    const arriving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export (CSV)" }).click();
    expect((await arriving).suggestedFilename()).toBe("ledger.csv");
  });

  it("shows events as they happen, by words, and holds the list while one reads", async () => {
    const { page, complaints } = watched;
    await openView(page, command, "/activity");
    await page.getByText("Clay Vase 01 is in the library:").waitFor();
    expect(await lookAtEverySide(page, "activity")).toEqual([]);
    await page.getByRole("searchbox", { name: "Search events" }).fill("paused");
    await page.getByText("No event matches.").waitFor();
    await command.call("POST", "/api/v1/pause");
    await page.getByText("asset-sync was paused.").waitFor();
    await page.getByRole("button", { name: "Hold the list" }).click();
    await command.call("POST", "/api/v1/resume");
    await page.getByRole("button", { name: /^Go on · \d+ new$/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  it("lets a person settle a download that is in doubt", async () => {
    const { page } = watched;
    await command.call("POST", "/api/v1/resume");
    // The shop counts and hands out a link; the answer is lost on the way.
    scene.sandbox.addFault({ host: "shop", path: "*download*", kind: "refuse", afterHandling: true, times: 1 });
    scene.sandbox.updateProduct(clayVase);
    await command.call("POST", "/api/v1/sync");
    await command.call("POST", "/api/v1/downloads", { products: [clayVase] }).catch(() => undefined);
    await openView(page, command, "/activity?show=ledger");
    await page.getByText("Of 1 download nobody knows whether the shop counted it").waitFor();
    expect(await lookAtEverySide(page, "ledger-in-doubt")).toEqual([]);
    await page.getByRole("button", { name: "The shop counted it" }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "The shop counted it" }).click();
    await page.getByText("4 downloads spent of 3 products").waitFor();
    expect(await page.getByText("nobody knows").count()).toBe(0);
    expect(scene.spentAtShop()).toBe(4);
  });
});
