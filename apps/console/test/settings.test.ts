import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { launchBrowser, noBrowser, openPage, type WatchedPage } from "./scene/browser.ts";
import { type ConsoleScene, makeConsoleScene, type RunningCommand } from "./scene/console-scene.ts";
import { lookAtEverySide } from "./scene/every-side.ts";
import { openView } from "./scene/open-view.ts";
import { until } from "./scene/until.ts";

// A browser, a daemon and a shop on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.skipIf(noBrowser !== null)("settings", () => {
  let browser: Browser;
  let scene: ConsoleScene;
  let command: RunningCommand;
  let watched: WatchedPage;
  let file: string;
  const written = () => readFile(file, "utf8");
  beforeAll(async () => {
    browser = await launchBrowser();
    scene = await makeConsoleScene();
    file = join(scene.home, "config.jsonc");
    await writeFile(file, `// Ours, for the night.\n${await written()}`);
    command = await scene.start();
    watched = await openPage(browser);
    await openView(watched.page, command, "/settings");
  });
  afterAll(async () => {
    await watched.context.close();
    await browser.close();
    await scene.close();
  });

  it("looks right on every side", async () => {
    await watched.page.getByRole("textbox", { name: "Bandwidth (MB/s)" }).waitFor();
    expect(await lookAtEverySide(watched.page, "settings")).toEqual([]);
  });

  it("writes a change when the field is left, with comments kept", async () => {
    const { page } = watched;
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
    const { page } = watched;
    const before = await written();
    const field = page.getByRole("textbox", { name: "Downloads at once" });
    await field.fill("99");
    await until("the field is marked", async () => (await field.getAttribute("aria-invalid")) === "true");
    await field.press("Enter");
    expect(await written()).toBe(before);
    expect(await lookAtEverySide(page, "settings-refused")).toEqual([]);
    await field.press("Escape");
    expect(await field.inputValue()).toBe("6");
    expect(await field.getAttribute("aria-invalid")).not.toBe("true");
  });

  it("keeps quiet hours", async () => {
    const { page } = watched;
    await page.getByRole("button", { name: "Add a time" }).click();
    await until("they are written", async () => (await written()).includes("22:00"));
    await page.getByLabel("To", { exact: true }).fill("06:30");
    await until("the new end is written", async () => (await written()).includes("06:30"));
    expect(await written()).toContain("// Ours, for the night.");
  });

  it("refuses a wrong password in place", async () => {
    const { page } = watched;
    await page.getByLabel("Password", { exact: false }).first().fill("wrong");
    await page.getByRole("button", { name: "Test and keep" }).click();
    const alert = page.getByRole("alert").filter({ hasText: /\S/ });
    await alert.first().waitFor();
    expect(await page.getByRole("textbox", { name: "User name" }).inputValue()).toBe("artist@example.com");
  });

  it("speaks German", async () => {
    const { page } = watched;
    await page.getByRole("combobox", { name: "Language" }).selectOption("de");
    await page.getByRole("heading", { name: "Optionen", level: 1 }).waitFor();
    await page.getByText("Freier Platz, der nie aufgebraucht wird.").waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("de");
  });
});
