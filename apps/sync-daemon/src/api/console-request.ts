/** What of the console's static files a request is for. Nothing of it needs a token, and nothing of it tells anything. */
export type ConsoleRequest =
  /** The page itself, at any of its own addresses. */
  | { readonly kind: "page" }
  /** Built beside the page. `isHashed`: its name changes with its content. */
  | { readonly kind: "file"; readonly name: string; readonly isHashed: boolean }
  /** Where `asset-sync open` sends a browser first, with a code after `#`. */
  | { readonly kind: "landing" }
  | { readonly kind: "landing-script" };

export const landingPath = "/open";
export const landingScriptPath = "/open.js";

/** First segments that are not the page's: under them nothing falls back to it. */
const otherPlaces = ["api", "assets", "healthz", "metrics", "page-landing", "page-session", "pictures"];

/**
 * Null for everything that is not the console's. The address is read as it stood on the wire and must consist of plain
 * letters: what has a dot segment, an escape or an empty segment in it is never the console's, so nobody behind can read
 * it differently. The page is given to navigations only; `/` also to programs that do not say what they are.
 */
export function consoleRequestOf(request: {
  readonly method: string;
  readonly url: string;
  /** `Sec-Fetch-Mode`, `Sec-Fetch-Dest` and `Accept`, where they were sent. */
  readonly mode: string | undefined;
  readonly destination: string | undefined;
  readonly accept: string | undefined;
}): ConsoleRequest | null {
  if (request.method !== "GET" && request.method !== "HEAD") return null;
  const [path = ""] = request.url.split("?", 1);
  if (path === landingPath) return isNavigation(request) ? { kind: "landing" } : null;
  if (path === landingScriptPath) return { kind: "landing-script" };
  const [, asset] = /^\/(assets\/[\w-][\w.-]*)$/.exec(path) ?? [];
  if (asset !== undefined) return { kind: "file", name: asset, isHashed: true };
  const [, file] = /^\/([\w-]+\.(?:ico|png|svg|txt|webmanifest))$/.exec(path) ?? [];
  if (file !== undefined) return { kind: "file", name: file, isHashed: false };
  const [, first] = /^\/(?:([\w-]+)(?:\/[\w-]+)*)?$/.exec(path) ?? [null, null];
  if (first === null || (first !== undefined && otherPlaces.includes(first))) return null;
  return isNavigation(request) ? { kind: "page" } : null;
}

function isNavigation(request: {
  url: string;
  mode: string | undefined;
  destination: string | undefined;
  accept: string | undefined;
}): boolean {
  // A browser sends both; Node's own fetch sends the mode alone.
  if (request.destination !== undefined) return request.mode === "navigate" && request.destination === "document";
  return request.url === "/" || request.accept?.includes("text/html") === true;
}
