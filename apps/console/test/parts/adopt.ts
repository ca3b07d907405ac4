import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { lookAtState } from "../scene/look.ts";
import type { OpenConsole } from "../scene/open-console.ts";

const zips = fileURLToPath(new URL("../../../sandbox/sample-shop/archives/", import.meta.url));

export function describeAdopt(opened: OpenConsole): void {
  it("claims zips that a person downloaded, after it has shown which, and nothing of them costs anything then", async () => {
    const { page, scene } = opened;
    const before = scene.spentAtShop();
    const downloads = join(scene.folder, "my downloads");
    await mkdir(downloads);
    await cp(join(zips, "FX_Dust_Motes_01_Blender.zip"), join(downloads, "FX_Dust_Motes_01_Blender.zip"));
    await writeFile(join(downloads, "Decor_Bust_Suzanne_01_Blender.zip"), "no zip");

    await opened.show("/library");
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Claim what is there…" }).click();
    const dialog = page.getByRole("dialog", { name: "Claim what is there" });
    const folders = dialog.getByRole("textbox", { name: "Folders with downloaded zips" });
    await folders.fill("downloads");
    await dialog.getByRole("button", { name: "Look what is there" }).click();
    await dialog.getByRole("alert").getByText('"downloads" is not a whole path.').waitFor();
    await folders.fill(downloads);
    await dialog.getByRole("button", { name: "Look what is there" }).click();
    await dialog.getByText("1 thing would be claimed").waitFor();
    await dialog.getByText("Dust Motes 01").waitFor();
    await dialog.getByRole("button", { name: "1 thing is left as it is" }).click();
    await dialog.getByText("Decor_Bust_Suzanne_01_Blender.zip").first().waitFor();
    expect(await lookAtState(page, "library-adopt")).toEqual([]);
    await dialog.getByRole("button", { name: "Claim 1 · costs nothing" }).click();
    await dialog.getByText("1 thing was claimed.").waitFor();
    await dialog.getByRole("button", { name: "Close" }).last().click();

    await opened.show("/products/dust-motes-01");
    await page.getByRole("button", { name: "Get · costs nothing" }).click();
    await page.getByRole("heading", { name: "On disk" }).waitFor({ timeout: 60_000 });
    await page.keyboard.press("Escape");
    expect(scene.spentAtShop()).toBe(before);
  });
}
