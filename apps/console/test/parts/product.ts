import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { seenFolders } from "../scene/file-manager.ts";
import { lookAtState, lookAtView, untilPicturesAreThere } from "../scene/look.ts";
import type { OpenConsole } from "../scene/open-console.ts";
import { until } from "../scene/until.ts";

export function describeProduct(opened: OpenConsole): void {
  describe("a product", () => {
    it("is got with one click that says its price, and the shop counts just that one", async () => {
      const { page, scene } = opened;
      await opened.show("/");
      await page.getByRole("searchbox", { name: "Search the catalog" }).fill("");
      await page.getByRole("link", { name: "Glazed Bowl 02" }).click();
      const product = page.getByRole("dialog", { name: "Glazed Bowl 02" });
      await product.getByText("4 of 4 downloads left").waitFor();
      expect(scene.spentAtShop()).toBe(0);

      await product.getByRole("button", { name: "Get · costs 1 download" }).click();
      await product.getByRole("heading", { name: "On disk" }).waitFor({ timeout: 60_000 });
      await product.getByText("3 of 4 downloads left").waitFor();
      expect(scene.spentAtShop()).toBe(1);
      const folder = await product.getByText(/^iMeshh-Models\//).textContent();
      expect(existsSync(join(scene.library, folder ?? "?", ".asset.json"))).toBe(true);

      await product.getByRole("button", { name: "Check the files" }).click();
      await product.getByText("All files are whole.").waitFor();
      await untilPicturesAreThere(page);
      expect(await lookAtView(page, "product-on-disk")).toEqual([]);
    });

    it("is shown in the file manager", async () => {
      const { page, scene } = opened;
      const product = page.getByRole("dialog", { name: "Glazed Bowl 02" });
      const folder = await product.getByText(/^iMeshh-Models\//).textContent();
      await product.getByRole("button", { name: "Open the folder" }).click();
      await until("the file manager was started with the folder", async () =>
        (await seenFolders(scene.folder)).includes(join(scene.library, folder ?? "?")),
      );
      await page.keyboard.press("Escape");
      await page.getByRole("listitem").filter({ hasText: "Glazed Bowl 02" }).getByText("On disk").waitFor();
    });

    it("asks expressly before the last download, and spends nothing when one thinks better", async () => {
      const { page, scene } = opened;
      const before = scene.spentAtShop();
      await opened.set({ "imeshh.downloadLimit": 1 });
      await opened.show("/products/desk-lamp-01");
      const get = page.getByRole("button", { name: "Get · the last download…" });
      await get.click();
      const question = page.getByRole("dialog", { name: "Use the last download?" });
      await question.getByRole("button", { name: "Cancel" }).click();
      await question.waitFor({ state: "detached" });
      expect(scene.spentAtShop()).toBe(before);

      await get.click();
      expect(await lookAtState(page, "product-last")).toEqual([]);
      await question.getByRole("button", { name: "Yes, use the last download" }).click();
      await page.getByRole("heading", { name: "On disk" }).waitFor({ timeout: 60_000 });
      await page.getByText("0 of 1 downloads left").waitFor();
      expect(scene.spentAtShop()).toBe(before + 1);
      await opened.set({ "imeshh.downloadLimit": null });
      await page.getByText("3 of 4 downloads left").waitFor();
    });

    it("that the shop never had is said to be unknown, with a way on", async () => {
      const { page } = opened;
      await opened.show("/products/1");
      await page.getByRole("heading", { name: "The catalog has no such product." }).waitFor();
      await page.getByRole("link", { name: "To the library" }).click();
      await page.getByRole("heading", { name: "Library", level: 1 }).waitFor();
    });
  });
}
