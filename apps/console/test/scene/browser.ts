import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const chromiumPath = "/usr/bin/chromium";

/** Why no browser can be started here; null where one can. */
export const noBrowser = existsSync(chromiumPath) ? null : `there is no ${chromiumPath}`;

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      // Otherwise it draws by imitating a graphics card, which takes a sixth more.
      "--disable-software-rasterizer",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface WatchedPage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Requests to another host than 127.0.0.1 or for what is not there, errors of scripts, and what the page's own rules refused. */
  readonly complaints: string[];
}

/** A page that notes whatever a console must never do. */
export async function openPage(
  browser: Browser,
  options: { width?: number; height?: number; colorScheme?: "light" | "dark"; locale?: string } = {},
): Promise<WatchedPage> {
  const { width = 1440, height = 900, colorScheme = "light", locale = "en-GB" } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    locale,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  const complaints: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.hostname !== "127.0.0.1") complaints.push(`asked ${url.origin}`);
  });
  page.on("response", (response) => {
    // Only a person who writes an address may come to a product that is not there.
    const isTyped = /\/api\/v1\/products\/[^/]+$/.test(response.url());
    if (response.status() === 404 && !isTyped) complaints.push(`404: ${new URL(response.url()).pathname}`);
  });
  page.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
  page.on("console", (message) => {
    if (/Content.Security.Policy|Refused to|Minified React error|each child in a list/i.test(message.text()))
      complaints.push(`console: ${message.text()}`);
  });
  return { context, page, complaints };
}
