import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { seenFolders } from "../scene/file-manager.ts";
import { lookAtState, lookAtView } from "../scene/look.ts";
import type { OpenConsole } from "../scene/open-console.ts";
import { until } from "../scene/until.ts";

const steamPlume = 132831;
const vaseFolder = "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01";

/** Three products are installed. */
export function describeLibrary(opened: OpenConsole): void {
  describe("the library", () => {
    it("shows what is on disk, on every side, and finds by name", async () => {
      const { page, scene } = opened;
      await opened.show("/library");
      await page.getByText(scene.library).first().waitFor();
      await page.getByText("3 assets", { exact: true }).waitFor();
      await page.getByText("Clay Vase 01").waitFor();
      expect(await lookAtView(page, "library")).toEqual([]);
      await page.getByRole("searchbox", { name: "Search the library" }).fill("vase");
      await page.getByText("1 asset", { exact: true }).waitFor();
      expect(await page.getByRole("listitem").filter({ hasText: "Steam Plume" }).count()).toBe(0);
      await page.getByRole("searchbox", { name: "Search the library" }).fill("");
    });

    it("shows a folder in the file manager", async () => {
      const { page, scene } = opened;
      await page.getByRole("button", { name: "What can be done with Clay Vase 01" }).click();
      await page.getByRole("menuitem", { name: "Open folder" }).click();
      await until("the file manager was started with the folder", async () =>
        (await seenFolders(scene.folder)).includes(join(scene.library, vaseFolder)),
      );
    });

    it("finds a lost file and mends it at no cost", async () => {
      const { page, scene } = opened;
      const before = scene.spentAtShop();
      const file = join(scene.library, vaseFolder, "Decor_Vase_Clay_01.blend");
      expect(existsSync(file)).toBe(true);
      await rm(file);
      await page.getByRole("button", { name: "Check all files" }).click();
      await page.getByText("1 asset is not as it came").waitFor();
      await page.getByText("1 file missing").waitFor();
      expect(await lookAtState(page, "library-damaged")).toEqual([]);
      await page.getByRole("button", { name: "Repair 1 asset · costs nothing" }).click();
      await page.getByText("1 asset is whole again").waitFor();
      await page.getByRole("button", { name: "Close the result" }).click();
      expect(existsSync(file)).toBe(true);
      expect(scene.spentAtShop()).toBe(before);
    });

    it("saves the bill of assets as a table", async () => {
      const { page } = opened;
      await page.getByRole("button", { name: "More" }).click();
      const arriving = page.waitForEvent("download");
      await page.getByRole("menuitem", { name: "Bill of assets (CSV)" }).click();
      expect((await arriving).suggestedFilename()).toBe("assets.csv");
    });

    it("marks what the shop withdrew, and says that it stays", async () => {
      const { page, scene } = opened;
      const before = scene.spentAtShop();
      scene.sandbox.withdrawProduct(steamPlume);
      await opened.sync();
      await page.getByText("Withdrawn (1)").click();
      await page.getByText("1 asset", { exact: true }).waitFor();
      const row = page.getByRole("listitem").filter({ hasText: "Steam Plume 02" });
      await row.getByText("Withdrawn", { exact: true }).hover();
      await page.getByText("The shop no longer offers it. What is here stays usable.").waitFor();
      // There is no page of it to go to; who comes there all the same is told why.
      expect(await row.getByRole("link").count()).toBe(0);
      expect(await lookAtState(page, "library-withdrawn")).toEqual([]);
      await opened.show("/products/steam-plume-02");
      await page.getByRole("heading", { name: "Steam Plume 02" }).waitFor();
      await page.getByText(/^The shop withdrew it on 20\d\d-\d\d-\d\d\. What you have stays usable\.$/).waitFor();
      scene.sandbox.publishProduct(steamPlume);
      await opened.sync();
      expect(scene.spentAtShop()).toBe(before);
    });
  });
}
