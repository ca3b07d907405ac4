import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { findAccessibilityFaults } from "./scene/accessibility.ts";
import { noBrowser } from "./scene/browser.ts";
import { findOverhang, screenshots, untilPicturesAreThere, useColours } from "./scene/look.ts";
import { openConsole } from "./scene/open-console.ts";

const sizes = [
  { width: 360, height: 800 },
  { width: 1440, height: 900 },
  { width: 3840, height: 2160 },
];
const views = {
  catalog: "/",
  filtered: "/?category=Furniture&text=oak&minPolygons=10",
  product: "/products/oak-planks-01",
  "product-on-disk": "/products/clay-vase-01",
  downloads: "/downloads",
  library: "/library",
  plan: "/plan",
  activity: "/activity",
  ledger: "/activity?show=ledger",
  settings: "/settings",
} as const;

/** What does not fit into its place, and neither ends in dots nor is a field to write in. */
const findCutOff = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("#content *, nav *, header *, [role=dialog] *")].flatMap((element) => {
      const { display, textOverflow, overflowX } = getComputedStyle(element);
      const excess = element.scrollWidth - element.clientWidth;
      const isMeantTo =
        display === "inline" ||
        textOverflow === "ellipsis" ||
        overflowX === "auto" ||
        element.clientWidth <= 1 ||
        element.matches("input, select, textarea, svg, svg *");
      return excess > 1 && !isMeantTo
        ? [`"${(element.textContent ?? "").slice(0, 60)}" is ${excess} pixels too wide`]
        : [];
    }),
  );

// Every view in each language, size and scheme: too much for a day, and what a person then looks at.
describe.skipIf(noBrowser !== null)("every view", () => {
  const opened = openConsole({ wanted: [{ freebie: true }] });

  it.each(["en", "de"])("is whole in the language %s, from a telephone to the largest screen", async (language) => {
    const { page } = opened;
    await mkdir(screenshots, { recursive: true });
    await opened.show("/settings");
    await page.getByRole("combobox", { name: /^(Language|Sprache)$/ }).selectOption(language);
    await page.locator(`html[lang=${language}]`).waitFor();
    const wrong: string[] = [];
    for (const [name, path] of Object.entries(views)) {
      await opened.show(path);
      await page.locator("h1").first().waitFor();
      await page.waitForLoadState("networkidle");
      for (const size of sizes) {
        await page.setViewportSize(size);
        for (const colorScheme of ["light", "dark"] as const) {
          await useColours(page, colorScheme);
          await untilPicturesAreThere(page);
          const where = `whole-${name}-${language}-${size.width}-${colorScheme}`;
          // What lies over the page scrolls by itself.
          const fullPage = (await page.getByRole("dialog").count()) === 0;
          await page.screenshot({ path: join(screenshots, `${where}.png`), fullPage, timeout: 120_000 });
          for (const one of await findCutOff(page)) wrong.push(`${where}: ${one}`);
          for (const fault of await findAccessibilityFaults(page)) wrong.push(`${where}: ${fault}`);
          const overhang = await findOverhang(page);
          if (overhang > 0) wrong.push(`${where}: ${overhang} pixels stick out`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
