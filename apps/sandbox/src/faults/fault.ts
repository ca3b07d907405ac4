import { z } from "zod";
import { hostNames } from "../host-name.ts";
import { parseStrictly } from "../parse-strictly.ts";

const count = z.int().nonnegative();

/** Which requests a fault meets. */
const aim = {
  /** One host, or `*` for all of them. */
  host: z.enum([...hostNames, "*"]),
  /** The path's beginning, or a glob with `*`; without it every path. */
  path: z.string().min(1).optional(),
  method: z.string().min(1).optional(),
  /** How often it takes effect before it is used up; without it, until it is cleared. */
  times: z.int().positive().optional(),
  /** How many matching requests pass unharmed first. */
  afterMatches: count.optional(),
};

/**
 * For faults that replace the answer: true when the far side does its work first, counters included, and only the answer
 * is lost. Otherwise the request never reaches it.
 */
const afterHandling = z.boolean().optional();

const kinds = [
  /** Sends `afterBytes` bytes of the body (0: headers only), then nothing: for `ms`, or until the client gives up. */
  z.strictObject({ ...aim, kind: z.literal("stall"), afterBytes: count.default(0), ms: count.optional() }),
  /**
   * Ends the connection after `afterBytes` bytes, orderly (`fin`) or not (`rst`). Counted `from` the body's first byte, or
   * from the first byte on the `wire`, status line and headers included.
   */
  z.strictObject({
    ...aim,
    kind: z.literal("cut"),
    afterBytes: count,
    how: z.enum(["fin", "rst"]).default("fin"),
    from: z.enum(["body", "wire"]).default("body"),
  }),
  /** Resets the connection once `afterBytes` bytes of the request's body arrived (0: none is read), without an answer. */
  z.strictObject({ ...aim, kind: z.literal("cut-upload"), afterBytes: count }),
  /** `Content-Length` says this many bytes more (or fewer) than are sent. */
  z.strictObject({ ...aim, kind: z.literal("wrong-length"), by: z.int().refine((by) => by !== 0, "must not be 0") }),
  /** No `Content-Length`: chunked, or delimited by the end of the connection. */
  z.strictObject({ ...aim, kind: z.literal("no-length"), framing: z.enum(["chunked", "close"]).default("close") }),
  /** Another status: 5xx, 429 with `Retry-After`, anything. */
  z.strictObject({
    ...aim,
    kind: z.literal("status"),
    status: z.int().min(200).max(599),
    /** Seconds, or the header's text as it shall be sent. */
    retryAfter: z.union([count, z.string()]).optional(),
    body: z.string().optional(),
    contentType: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    afterHandling,
  }),
  /** The shop hands out a link that is expired already; the CDN treats a good link as expired. */
  z.strictObject({ ...aim, kind: z.literal("expired-link") }),
  /** Waits before the status line. */
  z.strictObject({ ...aim, kind: z.literal("slow-first-byte"), ms: count }),
  /** Sends the body no faster than this. */
  z.strictObject({ ...aim, kind: z.literal("rate"), bytesPerSecond: z.int().positive() }),
  /** An HTML page with status 200 instead of what was asked for. */
  z.strictObject({
    ...aim,
    kind: z.literal("html"),
    status: z.int().min(200).max(599).default(200),
    body: z.string().optional(),
    afterHandling,
  }),
  /** A gzipped body sent plain, with the `Content-Encoding: gzip` header `kept` (a lie) or `dropped`. */
  z.strictObject({ ...aim, kind: z.literal("not-gzip"), header: z.enum(["kept", "dropped"]).default("kept") }),
  /** A gzipped body without the header that says so. */
  z.strictObject({ ...aim, kind: z.literal("unlabelled-gzip") }),
  /** A gzipped body that ends early, with a `Content-Length` that fits; half of it, or `keepBytes`. */
  z.strictObject({ ...aim, kind: z.literal("truncated-gzip"), keepBytes: count.optional() }),
  /** A body that nobody gzipped is sent with `Content-Encoding: gzip`, ranged or not. */
  z.strictObject({ ...aim, kind: z.literal("gzip-body") }),
  /** Another ETag; null sends none. */
  z.strictObject({ ...aim, kind: z.literal("changed-etag"), value: z.string().nullable().optional() }),
  /** 200 and the whole body although a range was asked for. */
  z.strictObject({ ...aim, kind: z.literal("ignore-range") }),
  /** A 206 that begins this many bytes later (or earlier) than asked, and says so in `Content-Range`. */
  z.strictObject({ ...aim, kind: z.literal("shifted-range"), by: z.int().refine((by) => by !== 0, "must not be 0") }),
  /** A 206 whose `Content-Range` names a total that is wrong by this much. */
  z.strictObject({ ...aim, kind: z.literal("wrong-total"), by: z.int().refine((by) => by !== 0, "must not be 0") }),
  z.strictObject({
    ...aim,
    kind: z.literal("redirect"),
    to: z.string().min(1),
    status: z.int().min(300).max(399).default(302),
    afterHandling,
  }),
  /** One byte of the body inverted; `at` counts from the body's first byte. */
  z.strictObject({ ...aim, kind: z.literal("corrupt-byte"), at: count }),
  /** A feed as it was before the last change. */
  z.strictObject({ ...aim, kind: z.literal("stale-feed") }),
  /** A feed with its first records only: `keep` of them, or a tenth. */
  z.strictObject({ ...aim, kind: z.literal("shrunken-feed"), keep: count.optional() }),
  /** A feed without any record. */
  z.strictObject({ ...aim, kind: z.literal("empty-feed") }),
  /** The connection is destroyed without an answer. */
  z.strictObject({ ...aim, kind: z.literal("refuse"), afterHandling }),
] as const;

const faultSchema = z.discriminatedUnion("kind", kinds);

/** A fault as a person or a test writes it: what is left out gets its default. */
export type Fault = z.input<typeof faultSchema>;
/** A fault with every default filled in. */
export type CompleteFault = z.output<typeof faultSchema>;
export type FaultKind = CompleteFault["kind"];

/** The names of all kinds, in the order of the README. */
export const faultKinds: readonly FaultKind[] = kinds.map((kind) => kind.shape.kind.value);

/** Checks a fault strictly; what is wrong throws `InvalidInputError` with a sentence that names the key. */
export function parseFault(given: unknown): CompleteFault {
  const kindGiven = typeof given === "object" && given !== null && "kind" in given ? given.kind : undefined;
  const ownKind = kinds.find((kind) => kind.shape.kind.value === kindGiven);
  return parseStrictly(faultSchema, given, "Fault", ownKind === undefined ? faultKinds : Object.keys(ownKind.shape));
}
