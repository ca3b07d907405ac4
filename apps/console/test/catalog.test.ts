import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { noBrowser } from "./scene/browser.ts";
import { lookAtState, lookAtView, untilPicturesAreThere } from "./scene/look.ts";
import { openConsole } from "./scene/open-console.ts";
import { until } from "./scene/until.ts";

const cards = (page: Page) => page.getByRole("list", { name: "Catalog" }).getByRole("listitem");
const search = (page: Page) => page.getByRole("searchbox", { name: "Search the catalog" });

/** Both keys belong together for a moment only, which a busy machine may miss. */
const goByLetters = (page: Page, letter: string, name: string): Promise<void> =>
  until(`${name} is shown`, async () => {
    await page.keyboard.press("g");
    await page.keyboard.press(letter);
    return page.getByRole("heading", { level: 1, name, exact: true }).isVisible();
  });

const patience = { timeout: 30_000 };

describe.skipIf(noBrowser !== null)(`the catalog${noBrowser === null ? "" : ` (skipped: ${noBrowser})`}`, () => {
  const opened = openConsole({ sandbox: { generatedProducts: 3_000 } });

  it("shows how many there are and only as many cards as are seen", async () => {
    const { page } = opened;
    await page.getByText(/^3,0\d\d products$/).waitFor();
    expect(await cards(page).count()).toBeLessThan(60);
    await untilPicturesAreThere(page);
    expect(await lookAtView(page, "catalog")).toEqual([]);
  });

  it("fills the middle after a jump with the scrollbar, without waiting for what lies before it", async () => {
    const { page } = opened;
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
    const { page } = opened;
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
    expect(await lookAtState(page, "catalog-filtered")).toEqual([]);
    await page.goBack();
    await expect.poll(() => page.url(), patience).not.toContain("freebie");
    expect(await search(page).inputValue()).toBe("oak table");
    await chips.getByRole("button", { name: /oak table/ }).click();
    await page.getByText(/^3,0\d\d products$/).waitFor();
    expect(await search(page).inputValue()).toBe("");
  });

  it("opens what an address says, also in another tab", async () => {
    const { context, daemon } = opened;
    const other = await context.newPage();
    await other.goto(`${daemon.address}/?assetType=material&category=Wood`);
    const total = await other.getByText(/^\d+ products$/).textContent();
    await other.getByRole("checkbox", { name: /^Wood/, checked: true }).waitFor();
    expect(Number.parseInt(total ?? "", 10)).toBeGreaterThan(1);
    expect(await other.getByRole("checkbox", { name: /^Material/ }).isChecked()).toBe(true);
    await other.close();
  });

  it("says when nothing matches and how to get out of it", async () => {
    const { page } = opened;
    await search(page).fill("zzzz nothing");
    await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
    expect(await lookAtState(page, "nothing-found")).toEqual([]);
    await page.getByRole("button", { name: "Remove all" }).last().click();
    await page.getByText(/^3,0\d\d products$/).waitFor();
  });

  it("is walked through with arrow keys; Enter opens a product, Esc closes it where one was", async () => {
    const { page } = opened;
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
    expect(page.url()).toBe(`${opened.daemon.address}/`);
    expect(await page.evaluate(() => scrollY)).toBe(scrolled);
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), patience).toBe(title);
    await page.keyboard.press("Home");
    await expect.poll(focused, patience).toBe(0);
  });

  it("goes to views by letters, to its search by a slash from wherever one is, and shows its keys", async () => {
    const { page } = opened;
    await goByLetters(page, "s", "Settings");
    await page.keyboard.press("/");
    await expect.poll(() => search(page).evaluate((field) => field === document.activeElement), patience).toBe(true);
    await page.keyboard.type("oak");
    await expect.poll(() => page.url(), patience).toContain("text=oak");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await goByLetters(page, "a", "Activity");
    await goByLetters(page, "c", "Catalog");
    await cards(page).first().waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    expect(await lookAtState(page, "keyboard")).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  it("keeps favourites in the daemon", async () => {
    const { page } = opened;
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
    await opened.show("/");
  });

  it("asked nobody but this machine, and its own rules refused nothing", () => {
    expect(opened.complaints).toEqual([]);
  });
});
