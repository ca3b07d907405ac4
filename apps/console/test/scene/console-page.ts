import type { Page } from "playwright-core";
import type { RunningCommand } from "./console-scene.ts";

/** Signs the page in as `asset-sync open` does and waits until the console is there. */
export async function signIn(page: Page, daemon: RunningCommand): Promise<void> {
  await page.goto(await daemon.createPageAddress());
  await page.getByRole("navigation").first().waitFor();
}

/** Waits until the first sync is over, so that counters and folders stand still. */
export async function untilSynced(daemon: RunningCommand): Promise<void> {
  await daemon.call("POST", "/api/v1/sync");
}
