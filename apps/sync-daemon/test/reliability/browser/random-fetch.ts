/** A request that a page can make with `fetch`. */
export interface RandomFetch {
  readonly url: string;
  readonly init: {
    readonly method: string;
    readonly mode: "cors" | "no-cors";
    readonly credentials: "include" | "omit";
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly redirect: "follow" | "manual";
    readonly keepalive: boolean;
  };
}

/** Mulberry32: the same seed gives the same numbers from 0 to 1. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const paths = [
  "/",
  "/healthz",
  "/healthz?nonce=0123456789abcdef",
  "/api/v1/status",
  "/api/v1/quota",
  "/api/v1/products/132611",
  "/api/v1/events",
  "/api/v1/sync",
  "/api/v1/downloads",
  "/api/v1/library/repair",
  "/api/v1/pause",
  "/api/v1/page-code",
  "/page-session",
  "//api/v1/status",
  "/api/v1/../v1/status",
  "/%61pi/v1/status",
];
const bodies = ["{}", '{"products":[132611],"spendLast":true}', '{"acceptFeed":true}', "a=b", ""];
const headers: readonly Readonly<Record<string, string>>[] = [
  {},
  { "content-type": "application/json" },
  { "content-type": "text/plain" },
  { "content-type": "text/plain; application/json" },
  { "content-type": "application/x-www-form-urlencoded" },
  { authorization: `Bearer ${"0".repeat(64)}` },
  { authorization: "Bearer null", "content-type": "application/json" },
  { "x-asset-sync-page": "1" },
  { "x-http-method-override": "POST" },
  { "x-forwarded-host": "127.0.0.1", "x-forwarded-for": "127.0.0.1" },
];

/** Any request of a page, all of its parts chosen by `random`. */
export function randomFetch(options: {
  random: () => number;
  bases: readonly string[];
  /** By which the far side knows it again. */
  mark: string;
}): RandomFetch {
  const { random, bases, mark } = options;
  const pick = <T>(list: readonly [T, ...T[]] | readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const path = pick(paths);
  const method = pick(["GET", "GET", "POST", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]);
  const takesBody = !["GET", "HEAD"].includes(method);
  return {
    url: `${pick(bases)}${path}${path.includes("?") ? "&" : "?"}attack=${mark}`,
    init: {
      method,
      mode: pick(["cors", "no-cors"] as const),
      credentials: pick(["include", "omit"] as const),
      headers: pick(headers),
      ...(takesBody ? { body: pick(bodies) } : {}),
      redirect: pick(["follow", "manual"] as const),
      keepalive: random() < 0.2,
    },
  };
}
