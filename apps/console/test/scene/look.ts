import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { findAccessibilityFaults } from "./accessibility.ts";

/** Where pictures of the views are kept. */
export const screenshots = fileURLToPath(new URL("../../screenshots", import.meta.url));

const wide = { width: 1440, height: 900 };
const narrow = { width: 360, height: 800 };
interface Side {
  readonly size: typeof wide;
  readonly colorScheme: "light" | "dark";
  /** What axe looks at; null for nothing. */
  readonly part: "everything" | "colours" | "structure" | null;
}
/** Between them everything is looked at, and nothing twice. */
const everySide: readonly Side[] = [
  { size: wide, colorScheme: "light", part: "everything" },
  { size: wide, colorScheme: "dark", part: "colours" },
  { size: narrow, colorScheme: "dark", part: null },
  { size: narrow, colorScheme: "light", part: "structure" },
];
const bothEnds: readonly Side[] = [
  { size: wide, colorScheme: "light", part: "everything" },
  { size: narrow, colorScheme: "dark", part: "colours" },
];

/**
 * Looks at a view in light and dark, wide and narrow: keeps a picture of each window (`screenshots/`; whole pages are taken
 * by every-view.nightly.ts), and tells accessibility faults and whether something sticks out sideways.
 */
export const lookAtView = (page: Page, name: string): Promise<string[]> => look(page, name, everySide);

/** The same of a state of a view that is looked at elsewhere: wide and light, narrow and dark. */
export const lookAtState = (page: Page, name: string): Promise<string[]> => look(page, name, bothEnds);

async function look(page: Page, name: string, sides: readonly Side[]): Promise<string[]> {
  await mkdir(screenshots, { recursive: true });
  const faults: string[] = [];
  for (const { size, colorScheme, part } of sides) {
    await page.setViewportSize(size);
    await useColours(page, colorScheme);
    const where = `${name}-${size.width}-${colorScheme}`;
    await page.screenshot({ path: join(screenshots, `${where}.png`), timeout: 90_000 });
    if (part !== null) for (const fault of await findAccessibilityFaults(page, part)) faults.push(`${where}: ${fault}`);
    const overhang = await findOverhang(page);
    if (overhang > 0) faults.push(`${where}: ${overhang} pixels stick out`);
  }
  await page.setViewportSize(wide);
  await useColours(page, "light");
  return faults;
}

/** Like a system that changes its colours, until the page shows them. */
export async function useColours(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.waitForFunction((scheme) => document.documentElement.dataset.mantineColorScheme === scheme, colorScheme);
  // Transitions end with the next picture: the page is told that its person wants no motion.
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)))),
  );
}

/** By how many pixels something sticks out of the window sideways. */
export const findOverhang = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** Each picture has come, or has failed and given its place to a sign. */
export async function untilPicturesAreThere(page: Page): Promise<void> {
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
}
