import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { launchBrowser, noBrowser, openPage } from "./scene/browser.ts";
import { signIn, untilSynced } from "./scene/console-page.ts";
import { type ConsoleScene, makeConsoleScene, type RunningCommand } from "./scene/console-scene.ts";
import { lookAtEverySide } from "./scene/every-side.ts";

// A browser, a daemon and a shop on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** Each picture has come, or has failed and given its place to a sign. */
async function untilPicturesAreThere(page: Page): Promise<void> {
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
}

describe.skipIf(noBrowser !== null)(`how it looks${noBrowser === null ? "" : ` (skipped: ${noBrowser})`}`, () => {
  let scene: ConsoleScene;
  let daemon: RunningCommand;
  let browser: Browser;
  beforeAll(async () => {
    scene = await makeConsoleScene({ wanted: [{ freebie: true }] });
    daemon = await scene.start();
    await untilSynced(daemon);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await scene?.close();
  });

  it("meets WCAG AA on every side: signing in, catalog, filters, no result, product, keys", async () => {
    const { page, context, complaints } = await openPage(browser);
    const wrong: string[] = [];
    await page.goto(daemon.address);
    await page.getByText("asset-sync open", { exact: true }).waitFor();
    wrong.push(...(await lookAtEverySide(page, "sign-in")));

    await signIn(page, daemon);
    const firstCard = page.getByRole("list", { name: "Catalog" }).getByRole("link").first();
    await firstCard.waitFor();
    await untilPicturesAreThere(page);
    wrong.push(...(await lookAtEverySide(page, "catalog")));

    await page.goto(`${daemon.address}/?category=Furniture&text=oak&minPolygons=10`);
    await firstCard.waitFor();
    wrong.push(...(await lookAtEverySide(page, "catalog-filtered")));

    await page.goto(`${daemon.address}/?text=zzzz`);
    await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
    wrong.push(...(await lookAtEverySide(page, "nothing-found")));

    await page.goto(`${daemon.address}/products/oak-planks-01`);
    await page.getByRole("heading", { level: 1, name: "Oak Planks 01" }).waitFor();
    await untilPicturesAreThere(page);
    wrong.push(...(await lookAtEverySide(page, "product")));

    await page.goto(`${daemon.address}/products/clay-vase-01`);
    await page.getByRole("heading", { name: "On disk" }).waitFor();
    wrong.push(...(await lookAtEverySide(page, "product-on-disk")));

    await page.goto(`${daemon.address}/activity`);
    await page.getByRole("heading", { level: 1, name: "Activity" }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    wrong.push(...(await lookAtEverySide(page, "keyboard")));

    expect(wrong).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
