import { spawnSync } from "node:child_process";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lookAtState } from "../scene/look.ts";
import type { OpenConsole } from "../scene/open-console.ts";

const mount = (...args: string[]) => spawnSync(args[0] ?? "", args.slice(1)).status === 0;

export function describeUnusableLibraries(opened: OpenConsole): void {
  describe("a library that cannot be used", () => {
    const models = () => join(opened.scene.library, "iMeshh-Models");
    const notice = () => opened.page.getByRole("alert").filter({ hasText: "1 library cannot be used now" });
    const calm = "Nothing is lost and nothing is downloaded again";

    /** What the notice says while it is so, and that it goes away when it is over. */
    async function look(name: string, says: (string | RegExp)[], mend: () => Promise<unknown>): Promise<void> {
      const { page, scene } = opened;
      const before = scene.spentAtShop();
      try {
        await opened.sync();
        for (const text of [...says, calm]) await notice().getByText(text).first().waitFor();
        await page.getByRole("status", { name: "State of asset-sync" }).getByText("Needs a look").waitFor();
        expect(await lookAtState(page, name)).toEqual([]);
      } finally {
        await mend();
      }
      // A person who has mended it need not wait for the next sync.
      await notice().getByRole("button", { name: "Look again" }).click();
      await notice().waitFor({ state: "detached" });
      expect(scene.spentAtShop()).toBe(before);
    }

    it("since its disk is not mounted", async () => {
      await opened.show("/library");
      await rename(models(), `${models()}-away`);
      await look("library-absent", [/is not there/, "Mount or restore the folder."], async () => {
        await rm(models(), { recursive: true, force: true });
        await rename(`${models()}-away`, models());
      });
    });

    it("since another home's library lies there", async () => {
      const marker = join(models(), ".asset-sync");
      const own = await readFile(marker, "utf8");
      await writeFile(marker, JSON.stringify({ ...JSON.parse(own), id: "0b0e0f9c-6d5e-4a3e-9a52-8f5d2f3a7c11" }));
      const says = ["is not the library that was expected", "The folder belongs to another library."];
      await look("library-foreign", says, () => writeFile(marker, own));
    });

    it("since its folder is read-only", async ({ skip }) => {
      if (process.getuid?.() !== 0 || !mount("mount", "--bind", models(), models())) skip("mounting takes root");
      mount("mount", "-o", "remount,ro,bind", models());
      const says = [/read-only/i, "Make the folder writable."];
      await look("library-read-only", says, async () => mount("umount", "-l", models()));
    });
  });
}
