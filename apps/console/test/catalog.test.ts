import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { launchBrowser, noBrowser, openPage, type WatchedPage } from "./scene/browser.ts";
import { signIn, untilSynced } from "./scene/console-page.ts";
import { type ConsoleScene, makeConsoleScene, type RunningCommand } from "./scene/console-scene.ts";

const cards = (page: Page) => page.getByRole("list", { name: "Catalog" }).getByRole("listitem");
const search = (page: Page) => page.getByRole("searchbox", { name: "Search the catalog" });

// A browser, a daemon and a shop on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const patience = { timeout: 30_000 };

describe.skipIf(noBrowser !== null)(`the catalog${noBrowser === null ? "" : ` (skipped: ${noBrowser})`}`, () => {
  let scene: ConsoleScene;
  let daemon: RunningCommand;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  beforeAll(async () => {
    scene = await makeConsoleScene({ sandbox: { generatedProducts: 3_000 } });
    daemon = await scene.start();
    await untilSynced(daemon);
    browser = await launchBrowser();
    watched = await openPage(browser);
    ({ page } = watched);
    await signIn(page, daemon);
  });
  afterAll(async () => {
    await browser?.close();
    await scene?.close();
  });

  it("shows how many there are and only as many cards as are seen", async () => {
    await page.getByText(/^3,0\d\d products$/).waitFor();
    expect(await cards(page).count()).toBeLessThan(60);
  });

  it("fills the middle after a jump with the scrollbar, without waiting for what lies before it", async () => {
    const asked: string[] = [];
    const note = (request: { url(): string }) => void asked.push(request.url());
    page.on("request", note);
    await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight / 2 }));
    const middle = page.locator('[role="listitem"][aria-posinset="1501"] a');
    await middle.waitFor();
    page.off("request", note);
    const windows = asked.filter((url) => url.includes("/api/v1/products?"));
    expect(windows.length).toBeLessThanOrEqual(3);
    await page.evaluate(() => scrollTo({ top: 0 }));
  });

  it("searches while one types, keeps the address and goes back", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("oak table");
    await page.getByText(/^\d+ products$/).waitFor();
    await expect.poll(() => page.url(), patience).toContain("text=oak+table");
    // What was found before stays until the answer is there.
    const titles = () => cards(page).getByRole("link").allTextContents();
    await expect.poll(async () => (await titles()).every((title) => /oak table/i.test(title)), patience).toBe(true);

    await page.getByRole("checkbox", { name: /^Free products/ }).check();
    await expect.poll(() => page.url(), patience).toContain("freebie=true");
    const chips = page.getByRole("group", { name: "Active filters" });
    await chips.getByRole("button", { name: "Remove filter: Free products" }).waitFor();
    await page.goBack();
    await expect.poll(() => page.url(), patience).not.toContain("freebie");
    expect(await search(page).inputValue()).toBe("oak table");
    await chips.getByRole("button", { name: /oak table/ }).click();
    await page.getByText(/^3,0\d\d products$/).waitFor();
    expect(await search(page).inputValue()).toBe("");
  });

  it("opens what an address says, also in another tab", async () => {
    const other = await watched.context.newPage();
    await other.goto(`${daemon.address}/?assetType=material&category=Wood`);
    const total = await other.getByText(/^\d+ products$/).textContent();
    await other.getByRole("checkbox", { name: /^Wood/, checked: true }).waitFor();
    expect(Number.parseInt(total ?? "", 10)).toBeGreaterThan(1);
    expect(await other.getByRole("checkbox", { name: /^Material/ }).isChecked()).toBe(true);
    await other.close();
  });

  it("says when nothing matches and how to get out of it", async () => {
    await search(page).fill("zzzz nothing");
    await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
    await page.getByRole("button", { name: "Remove all" }).last().click();
    await page.getByText(/^3,0\d\d products$/).waitFor();
  });

  it("is walked through with arrow keys; Enter opens a product, Esc closes it where one was", async () => {
    await cards(page).first().getByRole("link").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    const focused = () =>
      page.evaluate(() => Number(document.activeElement?.closest<HTMLElement>("[data-cell]")?.dataset.cell ?? -1));
    const columns = (await focused()) - 1;
    expect(columns).toBeGreaterThanOrEqual(3);
    await page.keyboard.press("End");
    await expect.poll(focused, patience).toBeGreaterThan(3_000);
    // The product comes after the place.
    await page.waitForFunction(() => document.activeElement?.tagName === "A");
    const title = await page.evaluate(() => document.activeElement?.textContent);
    const scrolled = await page.evaluate(() => scrollY);
    await page.keyboard.press("Enter");
    const product = page.getByRole("dialog", { name: title ?? "" });
    await product.getByRole("heading", { level: 1, name: title ?? "" }).waitFor();
    expect(page.url()).toContain("/products/");
    await page.keyboard.press("Escape");
    await product.waitFor({ state: "detached" });
    expect(page.url()).toBe(`${daemon.address}/`);
    expect(await page.evaluate(() => scrollY)).toBe(scrolled);
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), patience).toBe(title);
    await page.keyboard.press("Home");
    await expect.poll(focused, patience).toBe(0);
  });

  it("goes to views by letters and shows its keys", async () => {
    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("c");
    await cards(page).first().waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  it("keeps favourites in the daemon", async () => {
    await page
      .getByRole("button", { name: /to the favourites$/ })
      .first()
      .click();
    await page.getByRole("button", { name: /from the favourites$/ }).waitFor();
    await page.getByRole("checkbox", { name: /^Favourites/ }).check();
    await page.getByText("1 product", { exact: true }).waitFor();
    await page.reload();
    await page.getByText("1 product", { exact: true }).waitFor();
    await page.getByRole("button", { name: /from the favourites$/ }).click();
    await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
    await page.goto(daemon.address);
  });

  it("asked nobody but this machine, and its own rules refused nothing", () => {
    expect(watched.complaints).toEqual([]);
  });
});
