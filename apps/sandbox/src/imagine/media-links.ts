import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../clock.ts";

/** Signed links to the media host, in CloudFront's form with a canned policy. */
export interface MediaLinks {
  /** @param path decoded; it is percent-encoded here, and signed so. */
  issue(path: string, lifeMs: number): string;
  /** @param target path and query as sent: one other escape, and the signature is wrong. */
  check(target: string): "good" | "expired" | "invalid" | "missing";
}

const keyPairId = "KSANDBOX0MEDIA";

export function createMediaLinks(settings: { clock: Clock; secret: string; origin: () => string }): MediaLinks {
  const { clock, secret, origin } = settings;
  const sign = (encodedPath: string, expires: string): string => {
    const policy = JSON.stringify({
      Statement: [
        {
          Resource: `${origin()}${encodedPath}`,
          Condition: { DateLessThan: { "AWS:EpochTime": Number(expires) } },
        },
      ],
    });
    // As long as an RSA signature of 2048 bits, and with a padding whose sign a client could be tempted to escape.
    const parts = [0, 1, 2, 3].map((index) => createHmac("sha512", secret).update(`${index}${policy}`).digest());
    return Buffer.concat(parts).toString("base64").replace(/\+/g, "-").replace(/=/g, "_").replace(/\//g, "~");
  };
  return {
    issue(path, lifeMs) {
      const encodedPath = path.split("/").map(encodeURIComponent).join("/");
      const expires = String(Math.floor((clock.now() + lifeMs) / 1000));
      return `${origin()}${encodedPath}?Expires=${expires}&Signature=${sign(encodedPath, expires)}&Key-Pair-Id=${keyPairId}`;
    },
    check(target) {
      const match = /^([^?]*)\?Expires=([^&]*)&Signature=([^&]*)&Key-Pair-Id=([^&]*)$/.exec(target);
      if (match === null) {
        const names = [...new URLSearchParams(target.split("?")[1] ?? "").keys()];
        return names.includes("Key-Pair-Id") && names.includes("Signature") ? "invalid" : "missing";
      }
      const [, path = "", expires = "", signature = "", id] = match;
      const [given, right] = [Buffer.from(signature), Buffer.from(sign(path, expires))];
      if (id !== keyPairId || given.length !== right.length || !timingSafeEqual(given, right)) return "invalid";
      return clock.now() >= Number(expires) * 1000 ? "expired" : "good";
    },
  };
}
