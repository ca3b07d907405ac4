import { describe, expect, it } from "vitest";
import { lookAtState, lookAtView } from "../scene/look.ts";
import type { OpenConsole } from "../scene/open-console.ts";
import { until } from "../scene/until.ts";

const clayVase = 132611;
const diningChair = 132644;
const brassRing = 132688;
const gardenRock = 132699;
const suzanneBust = 132710;
const oakPlanks = 132743;

/** Of a home that has fetched nothing yet. */
export function describeNoDownloads(opened: OpenConsole): void {
  it("says what to do where nothing was fetched yet", async () => {
    const { page } = opened;
    await opened.show("/downloads");
    await page.getByText("Nothing is being fetched").waitFor();
    await page.getByRole("link", { name: "Open the catalog" }).waitFor();
    expect(await lookAtState(page, "downloads-empty")).toEqual([]);
  });
}

export function describeDownloads(opened: OpenConsole): void {
  describe("downloads", () => {
    const request = (products: number[]) => opened.daemon.call("POST", "/api/v1/downloads/requests", { products });

    it("shows a download as it goes on, holds it and goes on over the link that is paid for", async () => {
      const { page, scene } = opened;
      const before = scene.spentAtShop();
      await opened.show("/downloads");
      scene.sandbox.addFault({ host: "cdn", kind: "rate", bytesPerSecond: 3_000 });
      await request([clayVase]);
      const row = page.getByRole("listitem", { name: "Clay Vase 01" });
      const bar = page.getByRole("progressbar", { name: "Progress of Clay Vase 01" });
      await bar.waitFor();
      await until("bytes have come", async () => Number(await bar.getAttribute("aria-valuenow")) > 2);
      await row.getByText(/kB of/).waitFor();
      await row.getByText(/\/s$/).waitFor();
      await row.getByRole("button", { name: "Hold Clay Vase 01" }).click();
      await row.getByText("Held", { exact: true }).waitFor();
      expect(await lookAtState(page, "downloads-held")).toEqual([]);

      await row.getByRole("button", { name: "Give Clay Vase 01 up" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText("This download is paid for.").waitFor();
      expect(await lookAtState(page, "downloads-give-up")).toEqual([]);
      await dialog.getByRole("button", { name: "Not now" }).click();

      scene.sandbox.clearFaults();
      await row.getByRole("button", { name: "Go on with Clay Vase 01", exact: true }).click();
      await row.getByText("In the library").waitFor();
      await row.getByRole("button", { name: "Open folder: Clay Vase 01" }).waitFor();
      expect(scene.spentAtShop()).toBe(before + 1);
    });

    it("lets a person say what comes first, by buttons and by keys; what waits is held and given up for nothing", async () => {
      const { page, scene } = opened;
      const before = scene.spentAtShop();
      await opened.set({ "limits.downloads": 1 });
      scene.sandbox.addFault({ host: "cdn", kind: "rate", bytesPerSecond: 2_000 });
      await request([diningChair]);
      await page.getByRole("progressbar", { name: "Progress of Dining Chair 03" }).waitFor();
      await request([brassRing]);
      await request([gardenRock]);
      await request([suzanneBust]);
      const waiting = async () => {
        const rows = page.getByRole("listitem").filter({ hasText: /Number \d in the queue/ });
        return rows.evaluateAll((all) => all.map((row) => row.getAttribute("aria-label")));
      };
      await expect.poll(waiting).toEqual(["Brass Ring Sculpture", "Garden Rock 04", "Suzanne Bust"]);
      await page.getByRole("status", { name: "State of asset-sync" }).getByText("Fetching 4 products").waitFor();
      await page.getByRole("button", { name: "Fetch Suzanne Bust next" }).click();
      await expect.poll(waiting).toEqual(["Suzanne Bust", "Brass Ring Sculpture", "Garden Rock 04"]);
      await page.getByText("Suzanne Bust is number 1 now.").waitFor();
      // The focus went along with the row.
      await page.keyboard.press("Alt+ArrowDown");
      await expect.poll(waiting).toEqual(["Brass Ring Sculpture", "Suzanne Bust", "Garden Rock 04"]);
      await page.getByRole("button", { name: "Fetch Garden Rock 04 earlier" }).click();
      await expect.poll(waiting).toEqual(["Brass Ring Sculpture", "Garden Rock 04", "Suzanne Bust"]);
      expect(await lookAtView(page, "downloads-queue")).toEqual([]);

      // Nothing is paid for while it waits, so going on after a hold is what costs, and says so.
      const rock = page.getByRole("listitem", { name: "Garden Rock 04" });
      await rock.getByRole("button", { name: "Hold Garden Rock 04" }).click();
      await rock.getByRole("button", { name: "Go on with Garden Rock 04 · costs 1" }).waitFor();
      for (const title of ["Garden Rock 04", "Suzanne Bust"]) {
        await page.getByRole("button", { name: `Give ${title} up` }).click();
        await page.getByRole("listitem", { name: title }).getByText("Given up").waitFor();
      }
      expect(scene.spentAtShop()).toBe(before + 1);
      scene.sandbox.clearFaults();
      // Held and gone on with it comes over another connection, which is not slow.
      await page.getByRole("button", { name: "Hold Dining Chair 03" }).click();
      await page.getByRole("button", { name: "Go on with Dining Chair 03", exact: true }).click();
      await page.getByRole("listitem", { name: "Brass Ring Sculpture" }).getByText("In the library").waitFor();
      await page.getByRole("listitem", { name: "Dining Chair 03" }).getByText("In the library").waitFor();
      expect(scene.spentAtShop()).toBe(before + 2);
      await opened.set({ "limits.downloads": null });
    });

    it("offers a failed one again, with its price on the button", async () => {
      const { page, scene } = opened;
      const before = scene.spentAtShop();
      scene.sandbox.addFault({ host: "cdn", kind: "expired-link" });
      await request([gardenRock]);
      const row = page.getByRole("listitem", { name: "Garden Rock 04" });
      await row.getByText("The link no longer works.").waitFor();
      const again = row.getByRole("button", { name: "Get again · costs 1 of 3 left" });
      await again.waitFor();
      expect(await lookAtState(page, "downloads-failed")).toEqual([]);
      scene.sandbox.clearFaults();
      await again.click();
      await row.getByText("In the library").waitFor();
      // The link that is paid for was asked once more before another one, and works again.
      expect(scene.spentAtShop()).toBe(before + 1);
    });

    it("says why the shop gives no more, and spends nothing", async () => {
      const { page, scene } = opened;
      scene.sandbox.setCounter(oakPlanks, 4);
      const before = scene.spentAtShop();
      await request([oakPlanks]);
      const row = page.getByRole("listitem", { name: "Oak Planks 01" });
      await row.getByText("The shop allows no further download of this product.").waitFor();
      expect(await row.getByRole("button", { name: /costs/ }).count()).toBe(0);
      await opened.show("/products/oak-planks-01");
      await page.getByText("0 of 4 downloads left").waitFor();
      expect(await page.getByRole("button", { name: "No download left" }).first().isDisabled()).toBe(true);
      expect(await lookAtState(page, "product-exhausted")).toEqual([]);
      await page.keyboard.press("Escape");
      expect(scene.spentAtShop()).toBe(before);
    });

    it("says that the disk is full before anything is paid for, what to do, and goes on when there is room", async () => {
      const { page, scene } = opened;
      const before = scene.spentAtShop();
      await opened.set({ "limits.diskFloorGigabytes": 1_000_000 });
      await opened.show("/products/suzanne-bust");
      await page.getByRole("button", { name: "Get · costs 1 download" }).click();
      await opened.show("/downloads");
      const row = page.getByRole("listitem", { name: "Suzanne Bust" });
      await row.getByText(/^No room for/).waitFor();
      await row.getByText("Make room; the next sync goes on.").waitFor();
      expect(await lookAtState(page, "downloads-disk-full")).toEqual([]);
      expect(scene.spentAtShop()).toBe(before);
      await opened.set({ "limits.diskFloorGigabytes": 0 });
      await row.getByRole("button", { name: /^Get again · costs 1/ }).click();
      await row.getByText("In the library").waitFor();
      expect(scene.spentAtShop()).toBe(before + 1);
    });
  });
}
