import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { launchBrowser, noBrowser, openPage } from "./scene/browser.ts";
import { signIn, untilSynced } from "./scene/console-page.ts";
import { type ConsoleScene, makeConsoleScene } from "./scene/console-scene.ts";

// A browser, a daemon and a shop on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

describe.skipIf(noBrowser !== null)(`a product${noBrowser === null ? "" : ` (skipped: ${noBrowser})`}`, () => {
  let browser: Browser;
  let scene: ConsoleScene | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    await scene?.close();
    scene = undefined;
  });
  afterAll(() => browser?.close());

  it("is got with one click that says its price, and the shop counts just that one", async () => {
    scene = await makeConsoleScene();
    const daemon = await scene.start();
    await untilSynced(daemon);
    const { page, context, complaints } = await openPage(browser);
    await signIn(page, daemon);
    await page.getByRole("link", { name: "Glazed Bowl 02" }).click();
    const product = page.getByRole("dialog", { name: "Glazed Bowl 02" });
    await product.getByText("4 of 4 downloads left").waitFor();
    expect(scene.spentAtShop()).toBe(0);

    await product.getByRole("button", { name: "Get · costs 1 download" }).click();
    await product.getByRole("heading", { name: "On disk" }).waitFor({ timeout: 60_000 });
    await product.getByText("3 of 4 downloads left").waitFor();
    expect(scene.spentAtShop()).toBe(1);
    const folder = await product.getByText(/^iMeshh-Models\//).textContent();
    expect(existsSync(join(scene.library, folder ?? "?", ".asset.json"))).toBe(true);

    await product.getByRole("button", { name: "Check the files" }).click();
    await product.getByText("All files are whole.").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("listitem").filter({ hasText: "Glazed Bowl 02" }).getByText("On disk").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("asks expressly before the last download, and spends nothing when one thinks better", async () => {
    scene = await makeConsoleScene({ imeshh: { downloadLimit: 1 }, sandbox: { downloadLimit: 1 } });
    const daemon = await scene.start();
    await untilSynced(daemon);
    const { page, context, complaints } = await openPage(browser);
    await signIn(page, daemon);
    await page.goto(`${daemon.address}/products/glazed-bowl-02`);
    const get = page.getByRole("button", { name: "Get · the last download…" });
    await get.click();
    const question = page.getByRole("dialog", { name: "Use the last download?" });
    await question.getByRole("button", { name: "Cancel" }).click();
    await question.waitFor({ state: "detached" });
    expect(scene.spentAtShop()).toBe(0);

    await get.click();
    await question.getByRole("button", { name: "Yes, use the last download" }).click();
    await page.getByRole("heading", { name: "On disk" }).waitFor({ timeout: 60_000 });
    await page.getByText("0 of 1 downloads left").waitFor();
    expect(scene.spentAtShop()).toBe(1);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
