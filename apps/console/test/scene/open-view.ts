import type { Page } from "playwright-core";
import type { RunningCommand } from "./console-scene.ts";

/** Signs a page in and goes to a view, such as `/library`, without loading it anew. */
export async function openView(page: Page, command: RunningCommand, path: string): Promise<void> {
  await page.goto(await command.createPageAddress());
  await page.getByRole("navigation").first().waitFor();
  await page.evaluate((to) => history.pushState(null, "", to), path);
}
