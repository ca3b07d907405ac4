import { createHmac, timingSafeEqual } from "node:crypto";
import { isRecord } from "./json-values.ts";

/** 1 MB: reliability plan §5.3. A webhook of Kaedim's has a few kilobytes. */
export const maxWebhookBytes = 1_000_000;

/** Five minutes to either side: reliability plan §5.3. */
const defaultWebhookAgeMs = 5 * 60_000;

export interface VerifyWebhookOptions {
  /** The Kaedim Secret of the settings page; several while one is being replaced. */
  secret: string | readonly string[];
  /** The header `kaedim-signature` as it came; a list counts as missing, since only one may be there. */
  signature: string | readonly string[] | null | undefined;
  /** The body **as it came**, before any parser. */
  body: Uint8Array | string;
  /** How far the signature's time may be from `now`. Default 5 minutes; `null` does not look at it. */
  maxAgeMs?: number | null | undefined;
  /** Milliseconds since 1970. Default: the machine's clock. */
  now?: (() => number) | undefined;
}

/** Why a webhook is not Kaedim's, or not now. */
export type WebhookRejection =
  | "body-too-large"
  | "signature-missing"
  | "signature-malformed"
  | "signature-mismatch"
  | "timestamp-malformed"
  | "timestamp-too-old";

export type WebhookVerdict =
  | {
      readonly isValid: true;
      /** When it was signed, in milliseconds since 1970; `null` where `t` is no time and `maxAgeMs` is `null`. */
      readonly signedAtMs: number | null;
    }
  | { readonly isValid: false; readonly reason: WebhookRejection };

/**
 * Decides whether a webhook was signed with the secret: hex HMAC-SHA256 over `t` followed by the body, first over the
 * bytes as they came, then over the body parsed and written again, as Kaedim's sample does it. Compares in constant time.
 * Never throws for what a stranger sent; throws a `TypeError` for a secret that cannot be one.
 */
export function verifyWebhook(options: VerifyWebhookOptions): WebhookVerdict {
  const { signature, maxAgeMs = defaultWebhookAgeMs, now = Date.now } = options;
  const secrets = checkSecrets(options.secret);
  const body = typeof options.body === "string" ? Buffer.from(options.body) : options.body;
  if (body.byteLength > maxWebhookBytes) return rejected("body-too-large");
  if (typeof signature !== "string" || signature === "") return rejected("signature-missing");
  const parts = readSignature(signature);
  if (parts === undefined) return rejected("signature-malformed");
  const isSigned = (payload: Uint8Array | string) =>
    // Every secret is tried, so that the time taken does not tell which one fits.
    secrets.map((secret) => timingSafeEqual(hmac(secret, parts.t, payload), parts.v1)).includes(true);
  if (!isSigned(body)) {
    const rewritten = rewrite(body);
    if (rewritten === undefined || !isSigned(rewritten)) return rejected("signature-mismatch");
  }
  const signedAtMs = readSignedAtMs(parts.t);
  if (maxAgeMs === null) return { isValid: true, signedAtMs };
  if (signedAtMs === null) return rejected("timestamp-malformed");
  return Math.abs(now() - signedAtMs) <= maxAgeMs ? { isValid: true, signedAtMs } : rejected("timestamp-too-old");
}

/** Throws a `TypeError` where a secret is missing: with an empty one, everybody could sign. */
export function checkSecrets(secret: string | readonly string[]): readonly string[] {
  const secrets: readonly unknown[] = Array.isArray(secret) ? secret : [secret];
  if (secrets.length === 0 || secrets.some((one) => typeof one !== "string" || one.trim() === "")) {
    throw new TypeError("secret must be the Kaedim Secret of the settings page, or a list of such");
  }
  return secrets as readonly string[];
}

function hmac(secret: string, t: string, payload: Uint8Array | string): Buffer {
  return createHmac("sha256", secret).update(t).update(payload).digest();
}

/** A header longer than this is none of Kaedim's. */
const maxSignatureLength = 1_000;

function readSignature(header: string): { t: string; v1: Buffer } | undefined {
  if (header.length > maxSignatureLength) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(header);
  } catch {
    return undefined; // malformed is all there is to say about it
  }
  if (!isRecord(parsed)) return undefined;
  const { t, v1 } = parsed;
  const isTime = (typeof t === "string" && t !== "") || (typeof t === "number" && Number.isFinite(t));
  // Checked before the comparison: timingSafeEqual throws on unequal lengths.
  if (!isTime || typeof v1 !== "string" || !/^[0-9a-f]{64}$/i.test(v1)) return undefined;
  return { t: String(t), v1: Buffer.from(v1, "hex") };
}

/** The body as a receiver would write it that had parsed it first; `undefined` for what is no JSON. */
function rewrite(body: Uint8Array): string | undefined {
  try {
    return JSON.stringify(JSON.parse(Buffer.from(body).toString("utf8")));
  } catch {
    return undefined; // then the bytes were all there was to verify
  }
}

/** Seconds and milliseconds are told apart by their size, up to the year 5138; a written date is read as such. */
function readSignedAtMs(t: string): number | null {
  if (/^\d{1,16}(?:\.\d{1,6})?$/.test(t)) return Number(t) < 1e11 ? Number(t) * 1_000 : Number(t);
  const ms = /^\d{4}-\d\d-\d\dT/.test(t) ? Date.parse(t) : Number.NaN;
  return Number.isFinite(ms) ? ms : null;
}

function rejected(reason: WebhookRejection): WebhookVerdict {
  return { isValid: false, reason };
}
