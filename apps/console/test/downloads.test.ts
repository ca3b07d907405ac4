import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { launchBrowser, noBrowser, openPage, type WatchedPage } from "./scene/browser.ts";
import { type ConsoleScene, makeConsoleScene, type RunningCommand } from "./scene/console-scene.ts";
import { lookAtEverySide } from "./scene/every-side.ts";
import { openView } from "./scene/open-view.ts";
import { until } from "./scene/until.ts";

const clayVase = 132611;
const glazedBowl = 132622;
const oakPlanks = 132743;

// A browser, a daemon and a shop on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.skipIf(noBrowser !== null)("downloads", () => {
  let browser: Browser;
  let scene: ConsoleScene;
  let command: RunningCommand;
  let watched: WatchedPage;
  const request = (products: number[]) => command.call("POST", "/api/v1/downloads/requests", { products });
  beforeAll(async () => {
    browser = await launchBrowser();
    scene = await makeConsoleScene();
    command = await scene.start();
    await command.call("POST", "/api/v1/sync");
    watched = await openPage(browser);
    await openView(watched.page, command, "/downloads");
  });
  afterAll(async () => {
    await watched.context.close();
    await browser.close();
    await scene.close();
  });

  it("says what to do where nothing is under way", async () => {
    await watched.page.getByText("Nothing is being fetched").waitFor();
    await watched.page.getByRole("link", { name: "Open the catalog" }).waitFor();
    expect(await lookAtEverySide(watched.page, "downloads-empty")).toEqual([]);
  });

  it("shows a download as it goes on, holds it and goes on over the link that is paid for", async () => {
    const { page } = watched;
    scene.sandbox.addFault({ host: "cdn", kind: "rate", bytesPerSecond: 3_000 });
    await request([clayVase]);
    const row = page.getByRole("listitem", { name: "Clay Vase 01" });
    const bar = page.getByRole("progressbar", { name: "Progress of Clay Vase 01" });
    await bar.waitFor();
    await until("bytes have come", async () => Number(await bar.getAttribute("aria-valuenow")) > 2);
    await row.getByText(/kB of/).waitFor();
    await row.getByText(/\/s$/).waitFor();
    await row.getByRole("button", { name: "Hold Clay Vase 01" }).click();
    await row.getByText("Held", { exact: true }).waitFor();
    expect(await lookAtEverySide(page, "downloads-held")).toEqual([]);

    await row.getByRole("button", { name: "Give Clay Vase 01 up" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("This download is paid for.").waitFor();
    await dialog.getByRole("button", { name: "Not now" }).click();

    scene.sandbox.clearFaults();
    await row.getByRole("button", { name: "Go on with Clay Vase 01" }).click();
    await row.getByText("In the library").waitFor();
    await row.getByRole("button", { name: "Open folder: Clay Vase 01" }).waitFor();
    expect(scene.spentAtShop()).toBe(1);
  });

  it("offers a failed one again, with its price on the button", async () => {
    const { page } = watched;
    scene.sandbox.addFault({ host: "cdn", kind: "expired-link" });
    await request([glazedBowl]);
    const row = page.getByRole("listitem", { name: /Bowl/ });
    await row.getByText("The link no longer works.").waitFor();
    const again = row.getByRole("button", { name: "Get again · costs 1 of 3 left" });
    await again.waitFor();
    expect(await lookAtEverySide(page, "downloads-failed")).toEqual([]);
    scene.sandbox.clearFaults();
    await again.click();
    await row.getByText("In the library").waitFor();
    // The link that is paid for was asked once more before another one, and works again.
    expect(scene.spentAtShop()).toBe(2);
  });

  it("says why the shop gives no more, and spends nothing", async () => {
    const { page, complaints } = watched;
    scene.sandbox.setCounter(oakPlanks, 4);
    const before = scene.spentAtShop();
    await request([oakPlanks]);
    await page
      .getByRole("listitem", { name: /Oak/ })
      .getByText("The shop allows no further download of this product.")
      .waitFor();
    expect(scene.spentAtShop()).toBe(before);
    expect(complaints).toEqual([]);
  });
});
