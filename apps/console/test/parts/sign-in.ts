import { describe, expect, it } from "vitest";
import { openPage } from "../scene/browser.ts";
import { lookAtView } from "../scene/look.ts";
import type { OpenConsole } from "../scene/open-console.ts";

export function describeSignIn(opened: OpenConsole): void {
  describe("signing in", () => {
    it("takes the code out of the address, and a reload and a second tab are signed in", async () => {
      const { page, context, daemon } = opened;
      expect(page.url()).toBe(`${daemon.address}/`);
      // Going back must not bring it up again.
      expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2);
      await page.reload();
      await page.getByRole("navigation").first().waitFor();
      const second = await context.newPage();
      await second.goto(`${daemon.address}/settings`);
      await second.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
      await second.close();
    });

    it("says calmly what to do without a session, with a wrong code and with one that was used, in the browser's language", async () => {
      const { browser, daemon, usedAddress } = opened;
      const { context, page, complaints } = await openPage(browser, { locale: "de-DE" });
      await page.goto(daemon.address);
      await page.getByText("asset-sync open", { exact: true }).waitFor();
      expect(await page.getByRole("alert").count()).toBe(0);
      expect(await lookAtView(page, "sign-in")).toEqual([]);

      // In the same tab: the browser itself loads nothing for another fragment.
      await page.goto(`${daemon.address}/#code=${"x".repeat(43)}`);
      await page.getByRole("alert").getByText("gilt nur einmal", { exact: false }).waitFor();
      expect(page.url()).not.toContain("code");
      await page.goto("about:blank");
      await page.goto(usedAddress);
      await page.getByRole("alert").getByText("gilt nur einmal", { exact: false }).waitFor();

      await page.goto("about:blank");
      await page.goto(await daemon.createPageAddress());
      await page.getByRole("link", { name: "Katalog" }).first().waitFor();
      await page.getByRole("button", { name: "Darstellung und Sprache" }).click();
      await page.getByRole("menuitemradio", { name: "English" }).click();
      await page.getByRole("link", { name: "Catalog" }).first().waitFor();
      expect(await page.evaluate(() => document.documentElement.lang)).toBe("en");
      await page.reload();
      await page.getByRole("link", { name: "Catalog" }).first().waitFor();
      expect(complaints).toEqual([]);
      await context.close();
    });
  });
}
