// How does the console's grid of a large catalog behave in a real browser, and what does the daemon take meanwhile?
// From the last key to the results on the screen, blank places while scrolling, layout shifts, memory.
// Run: node --conditions=@org/source apps/console/bench/grid.ts [products]
import { readFile } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { apiFileSchema } from "@org/sync-daemon/contract/api-file";
import { searchResultSchema } from "@org/sync-daemon/contract/products";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openPage } from "../test/scene/browser.ts";
import { makeConsoleScene, type RunningCommand } from "../test/scene/console-scene.ts";
import { type GridPlace, measureBlankBands, recordScreen } from "./blank-frames.ts";
import { type FoundAfter, type LayoutShift, type WatchedFrames, watchGrid } from "./watch-grid.ts";
import { startMemoryWatch } from "./watch-memory.ts";

interface Search extends FoundAfter {
  readonly typed: string;
  readonly text: string;
}

interface Movement {
  readonly name: string;
  readonly watched: WatchedFrames;
  readonly recorded: number;
  /** Of the recorded frames, those with a band of nothing that is taller than any between cards. */
  readonly recordedBlank: number;
  readonly tallestBandPx: number;
  readonly peakBytes: number;
}

export interface GridFigures {
  readonly products: number;
  readonly searches: readonly Search[];
  /** After each jump: until every card on the screen has its product. */
  readonly fillMs: readonly number[];
  readonly movements: readonly Movement[];
  readonly typingShifts: readonly LayoutShift[];
  readonly movingShifts: readonly LayoutShift[];
  readonly startBytes: number;
  readonly typingPeakBytes: number;
  readonly load: number;
  readonly processors: number;
  readonly complaints: readonly string[];
}

/**
 * How texts are typed, with what the shop's pictures take to begin. No text comes twice, so that nothing of it is here
 * already. Typed slowly, each letter is a search of its own; with slow pictures, more are awaited than a browser has
 * connections.
 */
const typings: readonly { name: string; texts: readonly string[]; betweenKeysMs: number; pictureMs: number }[] = [
  {
    name: "quickly",
    texts: ["chair", "oak table", "wood 12", "clay vase", "v", "planks", "brass 7", "table", "suzanne", "surface"],
    betweenKeysMs: 60,
    pictureMs: 0,
  },
  {
    name: "slowly",
    texts: ["chair 1", "lamp", "oak 2", "vase 4", "m", "tiles", "lantern", "table 5", "bust", "stool 6"],
    betweenKeysMs: 170,
    pictureMs: 0,
  },
  {
    name: "pictures slow",
    texts: ["chair 3", "table 4", "oak 5", "vase 6", "wood 7", "tiles 8", "brass 9", "planks 21"],
    betweenKeysMs: 60,
    pictureMs: 600,
  },
];
/** Between two cards, above and below their words: what is empty on purpose is lower than this. */
const widestEmptyPx = 110;

export async function measureGrid(products = 100_000): Promise<GridFigures> {
  const scene = await makeConsoleScene({ sandbox: { generatedProducts: products } });
  let browser: Browser | undefined;
  try {
    const daemon = await scene.start();
    await daemon.call("POST", "/api/v1/sync");
    const { pid } = apiFileSchema.parse(JSON.parse(await readFile(join(scene.home, "api.json"), "utf8")));
    browser = await launchBrowser();
    const { page, complaints } = await openPage(browser, { colorScheme: "dark" });
    await page.addInitScript(watchGrid);
    const memory = startMemoryWatch(pid);
    await wait(1_000);
    const startBytes = memory.takePeakBytes();
    await page.goto(await daemon.createPageAddress());
    await page.getByRole("navigation").first().waitFor();
    await page.evaluate(() => window.gridWatch.untilFilled());

    const searches: Search[] = [];
    for (const { name, texts: toType, betweenKeysMs, pictureMs } of typings) {
      const faults = pictureMs === 0 ? [] : [{ host: "cdn", kind: "slow-first-byte", ms: pictureMs } as const];
      for (const fault of faults) scene.sandbox.addFault(fault);
      for (const text of toType) {
        const { titles, ...found } = await typeSearch(page, { text, betweenKeysMs });
        await expectTitles(daemon, text, titles);
        searches.push({ typed: name, text, ...found });
      }
      scene.sandbox.clearFaults();
    }
    await clearSearch(page);
    const typingPeakBytes = memory.takePeakBytes();

    const typingShifts = await page.evaluate(() => window.gridWatch.takeShifts());
    const place = await findGrid(page);
    const movements: Movement[] = [];
    const fillMs: number[] = [];
    for (const [name, move] of Object.entries(movementsOf(page, fillMs))) {
      await page.evaluate(() => window.gridWatch.watchFrames());
      const recording = await recordScreen(page);
      await move();
      const frames = await recording.stop();
      const watched = await page.evaluate(() => window.gridWatch.takeFrames());
      const bands = (await measureBlankBands(browser, frames, place)).map((part) => part * place.screenPx);
      movements.push({
        name,
        watched,
        recorded: frames.length,
        recordedBlank: bands.filter((px) => px > widestEmptyPx).length,
        tallestBandPx: Math.max(0, ...bands),
        peakBytes: memory.takePeakBytes(),
      });
    }
    const movingShifts = await page.evaluate(() => window.gridWatch.takeShifts());
    await memory.stop();
    return {
      products,
      searches,
      fillMs,
      movements,
      typingShifts,
      movingShifts,
      startBytes,
      typingPeakBytes,
      load: loadavg()[0] ?? Number.NaN,
      processors: availableParallelism(),
      complaints,
    };
  } finally {
    await browser?.close();
    await scene.close();
  }
}

async function typeSearch(
  page: Page,
  { text, betweenKeysMs }: { text: string; betweenKeysMs: number },
): Promise<FoundAfter & { titles: readonly string[] }> {
  await clearSearch(page);
  const field = page.getByRole("searchbox", { name: "Search the catalog" });
  await field.pressSequentially(text, { delay: betweenKeysMs });
  return page.evaluate((wanted) => window.gridWatch.untilFound(wanted), text);
}

/** What is quick and wrong counts for nothing. */
async function expectTitles(daemon: RunningCommand, text: string, titles: readonly string[]): Promise<void> {
  const query = `/api/v1/products?text=${encodeURIComponent(text)}&limit=${titles.length}`;
  const { products } = searchResultSchema.parse(await daemon.call("GET", query));
  if (products.map(({ title }) => title).join() === titles.join()) return;
  throw new Error(`"${text}" showed ${titles.join(", ")}.`);
}

async function clearSearch(page: Page): Promise<void> {
  await page.getByRole("searchbox", { name: "Search the catalog" }).fill("");
  await page.evaluate(() => window.gridWatch.untilFound(""));
}

/** Ways to move through the grid, each as a person does it. */
function movementsOf(page: Page, fillMs: number[]): Record<string, () => Promise<void>> {
  const filled = async () => {
    fillMs.push(await page.evaluate(() => window.gridWatch.untilFilled()));
  };
  return {
    "the wheel, 3,000 pixels a second": () => scrollBy(page, { pixels: 24_000, perSecond: 3_000 }),
    "a fling, 20,000 pixels a second": () => scrollBy(page, { pixels: 120_000, perSecond: 20_000 }),
    "the scrollbar dragged from top to bottom in 4 s": async () => {
      await page.evaluate(dragScrollbar, 4_000);
      await filled();
    },
    "twelve jumps": async () => {
      for (let jump = 1; jump <= 12; jump += 1) {
        const part = ((jump * 5) % 12) / 12;
        await page.evaluate((to) => scrollTo({ top: to * document.documentElement.scrollHeight }), part);
        await filled();
        await wait(300);
      }
    },
    "sixty jumps, hardly looked at": async () => {
      for (let jump = 1; jump <= 60; jump += 1) {
        const part = ((jump * 23) % 60) / 60;
        await page.evaluate((to) => scrollTo({ top: to * document.documentElement.scrollHeight }), part);
        await wait(250);
      }
      await filled();
    },
    "Page Down and the ends": async () => {
      await page.evaluate(() => scrollTo({ top: 0 }));
      await filled();
      await page.locator("[data-cell] a").first().focus();
      for (const key of [...Array<string>(12).fill("PageDown"), "End", "PageUp", "Home"]) {
        await page.keyboard.press(key);
        await wait(120);
      }
      await filled();
    },
  };
}

async function scrollBy(page: Page, by: { pixels: number; perSecond: number }): Promise<void> {
  await page.evaluate(() => scrollTo({ top: 0 }));
  await page.evaluate(() => window.gridWatch.untilFilled());
  const session = await page.context().newCDPSession(page);
  await session.send("Input.synthesizeScrollGesture", {
    x: 900,
    y: 500,
    yDistance: -by.pixels,
    speed: by.perSecond,
    gestureSourceType: "mouse",
  });
  await session.detach();
  await page.evaluate(() => window.gridWatch.untilFilled());
}

/** Runs in the page. */
function dragScrollbar(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const move = () => {
      const part = Math.min(1, (performance.now() - startedMs) / ms);
      scrollTo({ top: part * (document.documentElement.scrollHeight - innerHeight) });
      if (part < 1) requestAnimationFrame(move);
      else resolve();
    };
    move();
  });
}

async function findGrid(page: Page): Promise<GridPlace & { screenPx: number }> {
  return page.evaluate(() => {
    const grid = document.querySelector("[data-cell]")?.parentElement?.parentElement?.getBoundingClientRect();
    const toolbar = document.querySelector("search")?.getBoundingClientRect();
    if (grid === undefined || toolbar === undefined) throw new Error("There is no grid.");
    const [red = 0, green = 0, blue = 0] = (
      getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g) ?? []
    ).map(Number);
    return {
      left: grid.left / innerWidth,
      right: grid.right / innerWidth,
      top: toolbar.bottom / innerHeight,
      ground: [red, green, blue] as const,
      screenPx: innerHeight,
    };
  });
}

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0);

export function formatGrid(figures: GridFigures): string {
  const { searches, movements, typingShifts, movingShifts } = figures;
  const ms = (time: number) => time.toFixed(0);
  const results = typings.map(({ name }) => {
    const ofThese = searches.filter(({ typed }) => typed === name).map(({ resultsMs }) => resultsMs);
    const sorted = ofThese.toSorted((one, other) => one - other);
    return `${name} median ${ms(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN)}, slowest ${ms(sorted.at(-1) ?? Number.NaN)}`;
  });
  const peakBytes = Math.max(figures.startBytes, figures.typingPeakBytes, ...movements.map((one) => one.peakBytes));
  const sum = (shifts: readonly LayoutShift[]) => shifts.reduce((total, { value }) => total + value, 0).toFixed(4);
  const counted = typingShifts.filter(({ isAfterInput }) => !isAfterInput);
  return [
    `The console's grid over ${figures.products} products, the real daemon and Chromium:`,
    "",
    "After the last key, in ms:",
    "",
    "| typed | search | asked | answered | on the screen | with all pictures |",
    "|---|---|---|---|---|---|",
    ...searches.map((one) =>
      [
        `| ${one.typed} | ${one.text}`,
        ms(one.askedMs),
        ms(one.answeredMs),
        ms(one.resultsMs),
        `${ms(one.picturesMs)} |`,
      ].join(" | "),
    ),
    "",
    "| movement | frames of the page | rows late | with empty cards | longest ms | frames of the screen | blank | tallest band px | MiB peak |",
    "|---|---|---|---|---|---|---|---|---|",
    ...movements.map(({ name, watched, recorded, recordedBlank, tallestBandPx, peakBytes: bytes }) =>
      [
        `| ${name}`,
        watched.frames,
        watched.late,
        watched.withEmptyCards,
        ms(watched.longestFrameMs),
        recorded,
        recordedBlank,
        ms(tallestBandPx),
        `${megabytes(bytes)} |`,
      ].join(" | "),
    ),
    "",
    `Last key to results (to be: 300 ms): ${results.join("; ")}.`,
    `After a jump, until every card has its product: slowest ${ms(Math.max(...figures.fillMs))} ms.`,
    `Layout shifts while scrolling and jumping, all of them: ${sum(movingShifts)} (to be: 0).`,
    `While typing: ${sum(counted)}, and ${sum(typingShifts)} with those within half a second after a key, which browsers do not count.`,
    ...[...counted, ...movingShifts].slice(0, 8).map((one) => `  ${one.value.toFixed(4)}: ${one.moved.join("; ")}`),
    `The daemon with its children: ${megabytes(figures.startBytes)} MiB before, ${megabytes(peakBytes)} MiB at most (to be: 256).`,
    `The machine's load: ${figures.load.toFixed(1)} on ${figures.processors} processors.`,
    ...figures.complaints,
  ].join("\n");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${formatGrid(await measureGrid(Number(process.argv[2] ?? 100_000)))}\n`);
}
