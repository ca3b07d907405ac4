import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser, noBrowser, openPage } from "./scene/browser.ts";
import { signIn, untilSynced } from "./scene/console-page.ts";
import { type ConsoleScene, makeConsoleScene, type RunningCommand } from "./scene/console-scene.ts";
import { findViolations } from "./scene/find-violations.ts";

const screenshots = fileURLToPath(new URL("../screenshots", import.meta.url));

const views = [
  ["catalog", "/"],
  ["catalog-filtered", "/?category=Furniture&text=oak"],
  ["nothing-found", "/?text=zzzz"],
  ["product", "/products/oak-planks-01"],
  ["downloads", "/downloads"],
  ["library", "/library"],
  ["plan", "/plan"],
  ["activity", "/activity"],
  ["settings", "/settings"],
] as const;
const sizes = [
  { width: 360, height: 800 },
  { width: 1440, height: 900 },
] as const;

describe.skipIf(noBrowser !== null)(`every view${noBrowser === null ? "" : ` (skipped: ${noBrowser})`}`, () => {
  let scene: ConsoleScene;
  let daemon: RunningCommand;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    scene = await makeConsoleScene({ wanted: [{ freebie: true }], sandbox: { generatedProducts: 200 } });
    daemon = await scene.start();
    await untilSynced(daemon);
    browser = await launchBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await scene?.close();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const size of sizes) {
      it(`meets WCAG 2.1 AA and fits, ${colorScheme}, ${size.width} wide`, { timeout: 240_000 }, async () => {
        const { page, context, complaints } = await openPage(browser, { ...size, colorScheme });
        await signIn(page, daemon);
        const wrong: string[] = [];
        for (const [name, path] of views) {
          await page.goto(`${daemon.address}${path}`);
          await page.waitForLoadState("networkidle").catch(() => undefined);
          await page.screenshot({ path: join(screenshots, `${name}-${colorScheme}-${size.width}.png`) });
          wrong.push(...(await findViolations(page)).map((violation) => `${name}: ${violation}`));
          const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          if (overhang > 0) wrong.push(`${name} is ${overhang} px wider than the window`);
        }
        expect(wrong).toEqual([]);
        expect(complaints).toEqual([]);
        await context.close();
      });
    }
  }
});
