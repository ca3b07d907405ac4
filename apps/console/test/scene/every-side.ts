import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { findAccessibilityFaults } from "./accessibility.ts";

const folder = fileURLToPath(new URL("../../screenshots", import.meta.url));
const sizes = [
  { width: 1440, height: 900 },
  { width: 360, height: 800 },
];

/**
 * Looks at the page as it is in light and dark, wide and narrow: keeps a picture of each (`screenshots/`), and tells
 * accessibility faults and whether something sticks out of the narrow window.
 */
export async function lookAtEverySide(page: Page, name: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const faults: string[] = [];
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const where = `${name}-${size.width}-${colorScheme}`;
      await page.screenshot({ path: join(folder, `${where}.png`), fullPage: true, timeout: 90_000 });
      for (const fault of await findAccessibilityFaults(page)) faults.push(`${where}: ${fault}`);
      const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (overhang > 0) faults.push(`${where}: ${overhang} pixels stick out`);
    }
  }
  await page.setViewportSize(sizes[0] ?? { width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
  return faults;
}
