import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lookAtView } from "../scene/look.ts";
import type { OpenConsole } from "../scene/open-console.ts";
import { until } from "../scene/until.ts";

/** Of the three free products, Clay Vase 01 is in the library and nothing else. */
export function describePlan(opened: OpenConsole): void {
  describe("the plan", () => {
    const config = () => readFile(join(opened.scene.home, "config.jsonc"), "utf8");

    it("prices rules while one types, and nothing is spent or written", async () => {
      const { page, scene } = opened;
      const before = scene.spentAtShop();
      await opened.show("/plan");
      await page.getByText("0 downloads", { exact: true }).waitFor();
      await page.getByRole("button", { name: "All free products" }).click();
      await page.getByText("2 downloads").waitFor();
      await page.getByText("3 products").waitFor();
      await page.getByText("Bathroom Tiles 07").waitFor();
      await page.getByRole("button", { name: "Edit rule 1" }).click();
      const words = page.getByLabel("Words");
      await words.fill("steam");
      await page.getByText("1 download", { exact: true }).waitFor();
      expect(await lookAtView(page, "plan")).toEqual([]);
      await words.fill("");
      await page.getByText("2 downloads").waitFor();
      expect(await config()).not.toContain("freebie");
      expect(scene.spentAtShop()).toBe(before);
    });

    it("asks before changes are lost", async () => {
      const { page } = opened;
      await page.getByRole("link", { name: "Library" }).first().click();
      await page.getByRole("dialog", { name: "Leave the plan?" }).waitFor();
      await page.getByRole("button", { name: "Not now" }).click();
      await page.getByRole("heading", { name: "Plan", level: 1 }).waitFor();
      await page.getByText("Not applied yet", { exact: true }).waitFor();
    });

    it("writes the rules down when told to, and spends only what the button says", async () => {
      const { page, scene } = opened;
      const before = scene.spentAtShop();
      await page.getByRole("button", { name: "Apply" }).click();
      await page.getByText("The rules are written down.").waitFor();
      expect(await config()).toContain('"freebie": true');
      await page.getByRole("button", { name: "Sync now · costs 2 downloads" }).click();
      await until("the shop has counted two", () => scene.spentAtShop() === before + 2);
      await page.getByText("0 downloads", { exact: true }).waitFor({ timeout: 90_000 });
      expect(scene.spentAtShop()).toBe(before + 2);
    });
  });
}
