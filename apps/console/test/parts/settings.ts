import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lookAtState, lookAtView } from "../scene/look.ts";
import type { OpenConsole } from "../scene/open-console.ts";
import { until } from "../scene/until.ts";

export function describeSettings(opened: OpenConsole): void {
  describe("settings", () => {
    const file = () => join(opened.scene.home, "config.jsonc");
    const written = () => readFile(file(), "utf8");

    it("looks right on every side", async () => {
      const { page } = opened;
      await opened.show("/settings");
      await page.getByRole("textbox", { name: "Bandwidth (MB/s)" }).waitFor();
      expect(await lookAtView(page, "settings")).toEqual([]);
    });

    it("writes a change when the field is left, with comments kept", async () => {
      const { page } = opened;
      await writeFile(file(), `// Ours, for the night.\n${await written()}`);
      const field = page.getByRole("textbox", { name: "Bandwidth (MB/s)" });
      await field.fill("12.5");
      await field.press("Enter");
      await page.getByText("Saved", { exact: true }).waitFor();
      const text = await written();
      expect(text).toContain('"bandwidthMegabytesPerSecond": 12.5');
      expect(text).toContain("// Ours, for the night.");
      await page.getByRole("button", { name: "Put the default of “Bandwidth (MB/s)” back" }).click();
      await until("the default is back", async () => !(await written()).includes("bandwidthMegabytesPerSecond"));
      await until("the field is empty", async () => (await field.inputValue()) === "");
    });

    it("says at the field what is wrong, while one types, and writes nothing", async () => {
      const { page } = opened;
      const before = await written();
      const field = page.getByRole("textbox", { name: "Downloads at once" });
      await field.fill("99");
      await until("the field is marked", async () => (await field.getAttribute("aria-invalid")) === "true");
      await field.press("Enter");
      expect(await written()).toBe(before);
      expect(await lookAtState(page, "settings-refused")).toEqual([]);
      await field.press("Escape");
      expect(await field.inputValue()).toBe("6");
      expect(await field.getAttribute("aria-invalid")).not.toBe("true");
    });

    it("keeps quiet hours", async () => {
      const { page } = opened;
      await page.getByRole("button", { name: "Add a time" }).click();
      await until("they are written", async () => (await written()).includes("22:00"));
      await page.getByLabel("To", { exact: true }).fill("06:30");
      await until("the new end is written", async () => (await written()).includes("06:30"));
      expect(await written()).toContain("// Ours, for the night.");
      await page.getByRole("button", { name: "Remove the time from 22:00 to 06:30" }).click();
      await until("they are gone", async () => !(await written()).includes("22:00"));
    });

    it("refuses a wrong password in place", async () => {
      const { page } = opened;
      await page.getByLabel("Password", { exact: false }).first().fill("wrong");
      await page.getByRole("button", { name: "Test and keep" }).click();
      const alert = page.getByRole("alert").filter({ hasText: /\S/ });
      await alert.first().waitFor();
      expect(await page.getByRole("textbox", { name: "User name" }).inputValue()).toBe("artist@example.com");
    });

    it("restarts when told to, and the page comes back by itself where it was", async () => {
      const { page, daemon } = opened;
      const startedAt = async () => ((await daemon.call("GET", "/api/v1/status")) as { startedAt: string }).startedAt;
      const before = await startedAt();
      // What a page may not change was changed in the file itself.
      await writeFile(file(), (await written()).replace(/\}\s*$/, ', "network": { "silenceSeconds": 45 } }'));
      const notice = page.getByRole("status").filter({ hasText: "1 change waits for a restart" });
      await notice.getByText("Seconds a server may be silent").waitFor();
      expect(await lookAtState(page, "settings-restart")).toEqual([]);
      await notice.getByRole("button", { name: "Restart now" }).click();
      await notice.waitFor({ state: "detached", timeout: 90_000 });
      expect(await startedAt()).not.toBe(before);
      await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
      expect(await page.getByRole("textbox", { name: "Seconds a server may be silent" }).inputValue()).toBe("45");
      // Signed in as before: what is asked for now is answered.
      await opened.show("/");
      await page.getByRole("searchbox", { name: "Search the catalog" }).fill("bowl");
      await page.getByRole("link", { name: "Glazed Bowl 02" }).waitFor();
    });

    it("speaks German", async () => {
      const { page } = opened;
      await opened.show("/settings");
      await page.getByRole("combobox", { name: "Language" }).selectOption("de");
      await page.getByRole("heading", { name: "Optionen", level: 1 }).waitFor();
      await page.getByText("Freier Platz, der nie aufgebraucht wird.").waitFor();
      expect(await page.locator("html").getAttribute("lang")).toBe("de");
      await page.getByRole("combobox", { name: "Sprache" }).selectOption("en");
      await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
    });
  });
}
