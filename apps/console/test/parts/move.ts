import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { lookAtState } from "../scene/look.ts";
import type { OpenConsole } from "../scene/open-console.ts";

export function describeMove(opened: OpenConsole): void {
  it("moves the library to another folder, shows how far it is, and leaves the old one", async () => {
    const { page, scene } = opened;
    const before = scene.spentAtShop();
    await opened.show("/library");
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Move the library…" }).click();
    const dialog = page.getByRole("dialog", { name: "Move the library" });
    const to = dialog.getByRole("textbox", { name: "New folder" });
    await to.fill(join(scene.library, "deeper"));
    await dialog.getByRole("button", { name: "Move · costs nothing" }).click();
    await dialog.getByText(/it is inside the present folder/).waitFor();
    expect(await lookAtState(page, "library-move-refused")).toEqual([]);

    const target = join(scene.folder, "new place");
    await to.fill(target);
    const progress = page.getByRole("progressbar", { name: "Progress of the move" });
    // At the beginning its bar is empty, and so not visible.
    const wasShown = progress.waitFor({ state: "attached" });
    await dialog.getByRole("button", { name: "Move · costs nothing" }).click();
    await wasShown;
    await page.getByText(`The library is in ${target} now.`).waitFor();
    await page.getByText(`The old one is whole in ${scene.library}`).waitFor();
    await progress.waitFor({ state: "detached" });
    await page.getByTitle(target, { exact: true }).waitFor();
    await page.getByRole("listitem").filter({ hasText: "Clay Vase 01" }).waitFor();
    expect(await lookAtState(page, "library-moved")).toEqual([]);
    const vase = "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01/Decor_Vase_Clay_01.blend";
    expect([existsSync(join(target, vase)), existsSync(join(scene.library, vase))]).toEqual([true, true]);
    expect(await readFile(join(scene.home, "config.jsonc"), "utf8")).toContain(target);

    await page.getByRole("button", { name: "Check all files" }).click();
    await page.getByText(/assets were checked\. All files are as they came\.$/).waitFor();
    expect(scene.spentAtShop()).toBe(before);
  });
}
