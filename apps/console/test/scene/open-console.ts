import { statusSchema } from "@org/sync-daemon/contract/daemon";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, vi } from "vitest";
import { launchBrowser, openPage } from "./browser.ts";
import { type ConsoleScene, makeConsoleScene, type RunningCommand, type SceneOptions } from "./console-scene.ts";
import { until } from "./until.ts";

/**
 * One shop, one daemon, one browser and one page, signed in. A file's tests share them in their order, since starting them
 * takes longer than most tests; a test leaves no dialog open, and no fault at work.
 */
export interface OpenConsole {
  readonly scene: ConsoleScene;
  readonly daemon: RunningCommand;
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** The address that signed the page in; it works no more. */
  readonly usedAddress: string;
  /** Requests to another host than 127.0.0.1, errors of scripts, and what the page's own rules refused. */
  readonly complaints: string[];
  /** Goes to a view, such as `/library`, without loading the page anew. */
  show(path: string): Promise<void>;
  /** Looks for news that are there now. */
  sync(): Promise<void>;
  /** Changes settings as their page does; null puts a default back. */
  set(changes: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Opens it before a file's tests, when the first sync is over, and closes it after them. Not there earlier. */
export function openConsole(options: SceneOptions = {}): OpenConsole {
  // A browser, a daemon and a shop on a machine that may be busy.
  vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
  let opened: OpenConsole | undefined;
  beforeAll(async () => {
    opened = await open(options);
  });
  // One that failed in the middle must not take the others with it.
  afterEach(async ({ task }) => {
    if (task.result?.state !== "fail" || opened === undefined) return;
    opened.scene.sandbox.clearFaults();
    await opened.set({ "imeshh.downloadLimit": null, "limits.downloads": null, "limits.diskFloorGigabytes": 0 });
    await opened.page.reload().catch(() => undefined);
  });
  afterAll(async () => {
    await opened?.context.close();
    await opened?.browser.close();
    await opened?.scene.close();
  });
  const demand = (): OpenConsole => {
    if (opened === undefined) throw new Error("The console is open while tests run");
    return opened;
  };
  return {
    get scene() {
      return demand().scene;
    },
    get daemon() {
      return demand().daemon;
    },
    get browser() {
      return demand().browser;
    },
    get context() {
      return demand().context;
    },
    get page() {
      return demand().page;
    },
    get usedAddress() {
      return demand().usedAddress;
    },
    get complaints() {
      return demand().complaints;
    },
    show: (path) => demand().show(path),
    sync: () => demand().sync(),
    set: (changes) => demand().set(changes),
  };
}

async function open(options: SceneOptions): Promise<OpenConsole> {
  const scene = await makeConsoleScene(options);
  const [daemon, browser] = await Promise.all([scene.start(), launchBrowser()]);
  const sync = async () => {
    // One that is under way may have begun before what the test has just changed.
    await until("no sync is under way", async () => {
      const { state } = statusSchema.parse(await daemon.call("GET", "/api/v1/status"));
      return state !== "syncing";
    });
    await daemon.call("POST", "/api/v1/sync");
  };
  await sync();
  const { page, context, complaints } = await openPage(browser);
  const usedAddress = await daemon.createPageAddress();
  await page.goto(usedAddress);
  await page.getByRole("navigation").first().waitFor();
  return {
    scene,
    daemon,
    browser,
    context,
    page,
    usedAddress,
    complaints,
    sync,
    async set(changes) {
      await daemon.call("POST", "/api/v1/settings", { changes });
    },
    show: (path) => page.evaluate((to) => history.pushState(null, "", to), path),
  };
}
