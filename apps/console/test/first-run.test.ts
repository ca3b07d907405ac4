import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { launchBrowser, noBrowser, openPage } from "./scene/browser.ts";
import { type ConsoleScene, makeConsoleScene } from "./scene/console-scene.ts";
import { lookAtState, lookAtView } from "./scene/look.ts";

// A browser, a daemon and a shop on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

describe.skipIf(noBrowser !== null)(`the first run${noBrowser === null ? "" : ` (skipped: ${noBrowser})`}`, () => {
  let scene: ConsoleScene;
  let browser: Browser;
  beforeAll(async () => {
    scene = await makeConsoleScene({ hasConfig: false });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await scene?.close();
  });

  it("leads from an empty home to a filling catalog, with each error in its place", async () => {
    const daemon = await scene.start();
    const { page, context, complaints } = await openPage(browser);
    await page.goto(await daemon.createPageAddress());
    await page.getByRole("heading", { name: "Set asset-sync up" }).waitFor();
    const next = page.getByRole("button", { name: "Next" });
    await next.click();
    expect(await page.getByText("Please fill this in.").count()).toBe(2);
    const wrong = await lookAtView(page, "setup-account");

    await page.getByRole("textbox", { name: "E-mail or user name" }).fill("artist@example.com");
    await page.getByRole("textbox", { name: "Password" }).fill("wrong");
    await next.click();
    await page.getByRole("radio", { name: /^Everything of some types/ }).click();
    await page.getByRole("textbox", { name: "Library folder" }).fill(scene.library);
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByText("Choose one type at least.").waitFor();
    wrong.push(...(await lookAtView(page, "setup-rules")));
    await page.getByRole("radio", { name: /^Nothing/ }).click();
    await page.getByRole("button", { name: "Start" }).click();

    // The shop refused the password: that is said where it can be mended, and nothing was written.
    await page.getByRole("alert").filter({ hasText: "user name and password" }).waitFor();
    wrong.push(...(await lookAtState(page, "setup-refused")));
    await page.getByRole("textbox", { name: "Password" }).fill("sandbox");
    await next.click();
    expect(await page.getByRole("textbox", { name: "Library folder" }).inputValue()).toBe(scene.library);
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("list", { name: "Catalog" }).getByRole("link").first().waitFor({ timeout: 90_000 });

    expect(scene.spentAtShop()).toBe(0);
    const config = await readFile(join(scene.home, "config.jsonc"), "utf8");
    expect(config).toContain("artist@example.com");
    expect(config).not.toContain('"sandbox"');
    expect(wrong).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
