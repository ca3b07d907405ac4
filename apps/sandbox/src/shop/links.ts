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

type LinkCheck = { kind: "good"; link: Link } | { kind: "missing" } | { kind: "invalid" } | { kind: "expired" };

/** `signed`: with expiry and signature; `plain`: the bare URL, as the example in the vendor's document shows it. */
export const linkStyles = ["signed", "plain"] as const;
export type LinkStyle = (typeof linkStyles)[number];

export interface Links {
  /**
   * A URL of the file at `path` (decoded): signed, and working for `lifeMs` of the sandbox's time; with `expired` it is
   * past its time from the start. In the plain style nothing expires, and a path belongs to the link issued last.
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
  style(): LinkStyle;
  setStyle(style: LinkStyle): void;
}

export function createLinks(settings: { clock: Clock; secret: string; lifeMs: number; style: LinkStyle }): Links {
  const { clock, secret } = settings;
  let { lifeMs, style } = settings;
  let serial = 0;
  const known = new Map<string, Link>();
  const plainLinks = new Map<string, Link>();
  const sign = (path: string, expires: string, id: string) =>
    createHmac("sha256", secret).update(`${path}\n${expires}\n${id}`).digest("hex");
  return {
    issue({ origin, path, userId, productId, charged, expired }) {
      serial += 1;
      // The id names account and product, so that a sandbox started again still knows whose link comes back to it.
      const id = `${userId}-${productId}-${serial}-${randomBytes(4).toString("hex")}`;
      const link = { id, userId, productId, charged };
      known.set(id, link);
      if (style === "plain") {
        plainLinks.set(path, link);
        return `${origin}${encodeURI(path)}`;
      }
      const expires = String(Math.floor((clock.now() + (expired ? -60_000 : lifeMs)) / 1000));
      return `${origin}${encodeURI(path)}?expires=${expires}&link=${id}&signature=${sign(path, expires, id)}`;
    },
    check(path, query) {
      const [expires, id, given] = [query.get("expires"), query.get("link"), query.get("signature")];
      if (expires === null && id === null && given === null) {
        const link = style === "plain" ? plainLinks.get(path) : undefined;
        return link === undefined ? { kind: "missing" } : { kind: "good", link };
      }
      if (expires === null || id === null || given !== sign(path, expires, id)) return { kind: "invalid" };
      if (clock.now() >= Number(expires) * 1000) return { kind: "expired" };
      return { kind: "good", link: known.get(id) ?? remember(id) };
    },
    lifeMs: () => lifeMs,
    setLifeMs(newLifeMs) {
      lifeMs = newLifeMs;
    },
    style: () => style,
    setStyle(newStyle) {
      style = newStyle;
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
