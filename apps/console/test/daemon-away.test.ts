import { once } from "node:events";
import { createServer } from "node:http";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { launchBrowser, noBrowser, openPage } from "./scene/browser.ts";
import { signIn } from "./scene/console-page.ts";
import { type ConsoleScene, makeConsoleScene } from "./scene/console-scene.ts";

// A browser, a daemon and a shop on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

describe.skipIf(noBrowser !== null)(`without the daemon${noBrowser === null ? "" : ` (skipped: ${noBrowser})`}`, () => {
  let browser: Browser;
  let scene: ConsoleScene;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(() => scene.close());
  afterAll(() => browser?.close());

  it("says that it is away, comes back by itself and goes on as it was", async () => {
    scene = await makeConsoleScene();
    const first = await scene.start();
    const { page, context, complaints } = await openPage(browser);
    await signIn(page, first);
    await page.goto(`${first.address}/?text=oak`);
    await page.getByRole("link", { name: /Oak Table 01/ }).waitFor();

    await first.stop();
    const notice = page.getByRole("alert").getByText("This page comes back by itself", { exact: false });
    await notice.waitFor();
    // What was there stays to be looked at.
    await page.getByRole("link", { name: /Oak Table 01/ }).waitFor();

    const second = await scene.start({ port: Number(new URL(first.address).port) });
    await notice.waitFor({ state: "detached" });
    await page.getByRole("searchbox").fill("bowl");
    await page.getByRole("link", { name: /Glazed Bowl 02/ }).waitFor();
    expect(page.url()).toBe(`${second.address}/?text=bowl`);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("asks to be loaded again when another version answers", async () => {
    scene = await makeConsoleScene();
    const daemon = await scene.start();
    const { page, context } = await openPage(browser);
    await signIn(page, daemon);
    await page.getByRole("link", { name: /Oak Table 01/ }).waitFor({ timeout: 60_000 });
    await daemon.stop();

    const upgraded = createServer((_, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: "ok", version: "9.9.9", apiVersion: 1 }));
    });
    upgraded.listen(Number(new URL(daemon.address).port), "127.0.0.1");
    await once(upgraded, "listening");
    const notice = page.getByRole("alert").filter({ hasText: "asset-sync is now version 9.9.9" });
    await notice.getByRole("button", { name: "Reload the page" }).waitFor();
    await context.close();
    upgraded.closeAllConnections();
    upgraded.close();
  });
});
