import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "../clock.ts";

/** A link that the shop handed out, as the CDN reads it back. Which charges it made is remembered per link. */
export interface Link {
  id: string;
  userId: number;
  productId: number;
  /** Whether this link raised the counter already, under the models that count once per link. */
  charged: boolean;
}

export type LinkCheck = { kind: "good"; link: Link } | { kind: "missing" } | { kind: "invalid" } | { kind: "expired" };

export interface Links {
  /**
   * A signed URL of the file at `path` (decoded) that works for `lifeMs` of the sandbox's
   * time. With `expired` it is past its time from the start.
   */
  issue(request: {
    origin: string;
    path: string;
    userId: number;
    productId: number;
    charged: boolean;
    expired: boolean;
  }): string;
  /** @param path percent-decoded. */
  check(path: string, query: URLSearchParams): LinkCheck;
  lifeMs(): number;
  setLifeMs(lifeMs: number): void;
}

export function createLinks(settings: { clock: Clock; secret: string; lifeMs: number }): Links {
  const { clock, secret } = settings;
  let { lifeMs } = settings;
  let serial = 0;
  const known = new Map<string, Link>();
  const sign = (path: string, expires: string, id: string) =>
    createHmac("sha256", secret).update(`${path}\n${expires}\n${id}`).digest("hex");
  return {
    issue({ origin, path, userId, productId, charged, expired }) {
      serial += 1;
      // The id names account and product, so that a sandbox started again still knows whose link comes back to it.
      const id = `${userId}-${productId}-${serial}-${randomBytes(4).toString("hex")}`;
      known.set(id, { id, userId, productId, charged });
      const expires = String(Math.floor((clock.now() + (expired ? -60_000 : lifeMs)) / 1000));
      return `${origin}${encodeURI(path)}?expires=${expires}&link=${id}&signature=${sign(path, expires, id)}`;
    },
    check(path, query) {
      const [expires, id, given] = [query.get("expires"), query.get("link"), query.get("signature")];
      if (expires === null && id === null && given === null) return { kind: "missing" };
      if (expires === null || id === null || given !== sign(path, expires, id)) return { kind: "invalid" };
      if (clock.now() >= Number(expires) * 1000) return { kind: "expired" };
      return { kind: "good", link: known.get(id) ?? remember(id) };
    },
    lifeMs: () => lifeMs,
    setLifeMs(newLifeMs) {
      lifeMs = newLifeMs;
    },
  };

  function remember(id: string): Link {
    const [userId = 0, productId = 0] = id.split("-").map(Number);
    // A link from before a restart was paid for then; counting it again would be the sandbox's own mistake.
    const link = { id, userId, productId, charged: true };
    known.set(id, link);
    return link;
  }
}
