import type { Page } from "playwright-core";
import type { RunningCommand } from "./console-scene.ts";

/** Signs a page in and goes to a view, such as `/library`, without loading it anew. */
export async function openView(page: Page, command: RunningCommand, path: string): Promise<void> {
  // A page that is open already loads itself anew for another code, at a moment of its own, and forgets where it was.
  await page.goto("about:blank");
  await page.goto(await command.createPageAddress());
  await page.getByRole("navigation").first().waitFor();
  await page.evaluate((to) => history.pushState(null, "", to), path);
}
