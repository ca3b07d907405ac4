import { describe, expect, it } from "vitest";
import { lookAtState } from "../scene/look.ts";
import type { OpenConsole } from "../scene/open-console.ts";
import { until } from "../scene/until.ts";

const clayVase = 132611;
const bathroomTiles = 132765;
const steamPlume = 132831;

/** Three products are installed; of Clay Vase 01 two downloads are left, of the others three. */
export function describeUpdates(opened: OpenConsole): void {
  describe("updates", () => {
    const isSpent = (count: number) =>
      until(`the shop has counted ${count}`, () => opened.scene.spentAtShop() === count);

    it("come one by one for the price on the button, or all together after a question", async () => {
      const { page, scene } = opened;
      const before = scene.spentAtShop();
      for (const product of [clayVase, bathroomTiles, steamPlume]) scene.sandbox.updateProduct(product);
      await opened.sync();
      await opened.show("/library");
      await page.getByText("Updates (3)").click();
      await page.getByText("3 updates wait").waitFor();
      const update = page.getByRole("button", { name: "Update · costs 1: Clay Vase 01" });
      await update.waitFor();
      await page.getByRole("button", { name: "What changed in Clay Vase 01" }).click();
      await page.getByText("the files", { exact: true }).waitFor();
      await page.keyboard.press("Escape");
      expect(await lookAtState(page, "library-updates")).toEqual([]);
      expect(scene.spentAtShop()).toBe(before);
      await update.click();
      await page.getByText("2 updates wait").waitFor({ timeout: 90_000 });
      expect(scene.spentAtShop()).toBe(before + 1);

      const all = page.getByRole("button", { name: "Update all · costs 2" });
      await all.click();
      const dialog = page.getByRole("dialog", { name: "Update 2 assets?" });
      await dialog.getByText("That costs 2 downloads.").waitFor();
      expect(await lookAtState(page, "library-update-all")).toEqual([]);
      await dialog.getByRole("button", { name: "Not now" }).click();
      await dialog.waitFor({ state: "detached" });
      expect(scene.spentAtShop()).toBe(before + 1);
      await all.click();
      await dialog.getByRole("button", { name: "Update all · costs 2" }).click();
      await page.getByText("Everything is as new as the shop's.").waitFor({ timeout: 90_000 });
      expect(scene.spentAtShop()).toBe(before + 3);
    });

    it("are taken back for nothing, in the library and on the product's page", async () => {
      const { page, scene } = opened;
      const before = scene.spentAtShop();
      await page.getByText("All", { exact: true }).click();
      await page.getByRole("button", { name: "What can be done with Clay Vase 01" }).click();
      await page.getByRole("menuitem", { name: "Put the version before back" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Put the version before back" }).click();
      await page.getByText("1 asset is whole again").waitFor();
      await page.getByText("Updates (1)").click();
      // Its zip is kept, so the way forward costs nothing either.
      await page.getByRole("button", { name: "Update · costs nothing: Clay Vase 01" }).waitFor();

      await opened.show("/products/bathroom-tiles-07");
      await page.getByRole("button", { name: "Put the previous version back" }).click();
      await page
        .getByRole("dialog", { name: "Put the previous version back?" })
        .getByRole("button", { name: "Put it back" })
        .click();
      await page.getByText("Done.", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Get the newer version · costs nothing" }).click();
      await page.getByText("On disk", { exact: true }).last().waitFor();
      await page.keyboard.press("Escape");
      expect(scene.spentAtShop()).toBe(before);
    });

    it("use the last download only after an express yes, never together with others, and then say that none is left", async () => {
      const { page, scene } = opened;
      const before = scene.spentAtShop();
      for (const product of [clayVase, steamPlume]) scene.sandbox.updateProduct(product);
      await opened.sync();
      await opened.show("/library");
      await page.getByText("Updates (2)").click();
      await page.getByText(/^1 of them is left out: it would use its last download/).waitFor();
      await page.getByRole("button", { name: "Update all · costs 1" }).waitFor();
      const last = page.getByRole("button", { name: "Update · the last download…: Clay Vase 01" });
      await last.click();
      const dialog = page.getByRole("dialog", { name: "Use the last download of Clay Vase 01?" });
      await dialog.getByRole("button", { name: "Not now" }).click();
      await dialog.waitFor({ state: "detached" });
      expect(scene.spentAtShop()).toBe(before);
      await last.click();
      await dialog.getByRole("button", { name: "Update with the last download" }).click();
      await isSpent(before + 1);
      await page.getByText("Updates (1)").waitFor({ timeout: 90_000 });

      scene.sandbox.updateProduct(clayVase);
      await opened.sync();
      const none = page.getByRole("button", { name: "No download left: Clay Vase 01" });
      await none.waitFor();
      expect(await none.isDisabled()).toBe(true);
      expect(await lookAtState(page, "library-none-left")).toEqual([]);
      expect(scene.spentAtShop()).toBe(before + 1);
    });
  });
}
