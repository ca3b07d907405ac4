import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { launchBrowser, noBrowser, openPage } from "./scene/browser.ts";
import { signIn } from "./scene/console-page.ts";
import { type ConsoleScene, makeConsoleScene, type RunningCommand } from "./scene/console-scene.ts";

// A browser, a daemon and a shop on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

describe.skipIf(noBrowser !== null)(`signing in${noBrowser === null ? "" : ` (skipped: ${noBrowser})`}`, () => {
  let scene: ConsoleScene;
  let daemon: RunningCommand;
  let browser: Browser;
  beforeAll(async () => {
    scene = await makeConsoleScene();
    daemon = await scene.start();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await scene?.close();
  });

  it("takes the code out of the address, and a reload and a second tab are signed in", async () => {
    const { context, page, complaints } = await openPage(browser);
    await signIn(page, daemon);
    expect(page.url()).toBe(`${daemon.address}/`);
    // Going back must not bring it up again.
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2);

    await page.reload();
    await page.getByRole("navigation").first().waitFor();
    const second = await context.newPage();
    await second.goto(`${daemon.address}/settings`);
    await second.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("says calmly what to do without a session, with a wrong code and with one that was used", async () => {
    const { context, page, complaints } = await openPage(browser);
    await page.goto(daemon.address);
    await page.getByText("asset-sync open", { exact: true }).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);

    // In the same tab: the browser itself loads nothing for another fragment.
    await page.goto(`${daemon.address}/#code=${"x".repeat(43)}`);
    await page.getByRole("alert").getByText("Addresses work once", { exact: false }).waitFor();
    expect(page.url()).not.toContain("code");

    const used = await daemon.createPageAddress();
    await page.goto("about:blank");
    await page.goto(used);
    await page.getByRole("navigation").first().waitFor();
    const other = await openPage(browser);
    await other.page.goto(used);
    await other.page.getByRole("alert").getByText("Addresses work once", { exact: false }).waitFor();
    expect([...complaints, ...other.complaints]).toEqual([]);
    await other.context.close();
    await context.close();
  });

  it("speaks the browser's language, and another one when asked", async () => {
    const { context, page } = await openPage(browser, { locale: "de-DE" });
    await signIn(page, daemon);
    await page.getByRole("link", { name: "Katalog" }).first().waitFor();
    await page.getByRole("button", { name: "Darstellung und Sprache" }).click();
    await page.getByRole("menuitemradio", { name: "English" }).click();
    await page.getByRole("link", { name: "Catalog" }).first().waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("en");
    await page.reload();
    await page.getByRole("link", { name: "Catalog" }).first().waitFor();
    await context.close();
  });
});
