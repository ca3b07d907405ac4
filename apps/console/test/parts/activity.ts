import { describe, expect, it } from "vitest";
import { lookAtState, lookAtView } from "../scene/look.ts";
import type { OpenConsole } from "../scene/open-console.ts";

const clayVase = 132611;

/** Three products came by a rule, and nothing else was spent. */
export function describeActivity(opened: OpenConsole): void {
  describe("activity", () => {
    it("lists each spend as the shop counts them", async () => {
      const { page, scene } = opened;
      await opened.show("/activity?show=ledger");
      await page.getByText("3 downloads spent of 3 products").waitFor();
      const rows = page.getByRole("row").filter({ hasText: "The shop handed out a link." });
      expect(await rows.count()).toBe(scene.spentAtShop());
      expect(await rows.filter({ hasText: "Clay Vase 01" }).textContent()).toContain("a rule");
      expect(await lookAtView(page, "ledger")).toEqual([]);
      const arriving = page.waitForEvent("download");
      await page.getByRole("button", { name: "Export (CSV)" }).click();
      expect((await arriving).suggestedFilename()).toBe("ledger.csv");
    });

    it("shows events as they happen, by words, and holds the list while one reads", async () => {
      const { page, daemon } = opened;
      await opened.show("/activity");
      await page.getByText("Clay Vase 01 is in the library:").first().waitFor();
      expect(await lookAtView(page, "activity")).toEqual([]);
      await page.getByRole("searchbox", { name: "Search events" }).fill("paused");
      await page.getByText("No event matches.").waitFor();
      await daemon.call("POST", "/api/v1/pause");
      await page.getByText("asset-sync was paused.").waitFor();
      await page.getByRole("button", { name: "Hold the list" }).click();
      await daemon.call("POST", "/api/v1/resume");
      await page.getByRole("button", { name: /^Go on · \d+ new$/ }).waitFor();
    });

    it("lets a person settle a download that is in doubt", async () => {
      const { page, scene, daemon } = opened;
      // The shop counts and hands out a link; the answer is lost on the way.
      scene.sandbox.addFault({ host: "shop", path: "*download*", kind: "refuse", afterHandling: true, times: 1 });
      scene.sandbox.updateProduct(clayVase);
      await opened.sync();
      await daemon.call("POST", "/api/v1/downloads", { products: [clayVase] }).catch(() => undefined);
      await opened.show("/activity?show=ledger");
      await page.getByText("Of 1 download nobody knows whether the shop counted it").waitFor();
      expect(await lookAtState(page, "ledger-in-doubt")).toEqual([]);
      await page.getByRole("button", { name: "The shop counted it" }).first().click();
      await page.getByRole("dialog").getByRole("button", { name: "The shop counted it" }).click();
      await page.getByText("4 downloads spent of 3 products").waitFor();
      expect(await page.getByText("nobody knows").count()).toBe(0);
      expect(scene.spentAtShop()).toBe(4);
    });
  });
}
