import { z } from "zod";
import { threeDVerseOptionsSchema } from "./3dverse/three-d-verse.ts";
import { feedEncodings } from "./catalog/feed-store.ts";
import { hostNames } from "./host-name.ts";
import { imagineOptionsSchema } from "./imagine/control.ts";
import { kaedimOptionsSchema } from "./kaedim/control.ts";
import { parseStrictly } from "./parse-strictly.ts";
import { linkStyles } from "./shop/links.ts";
import { chargingModels } from "./shop/quota.ts";

/** Leaves a port for each host above it. */
export const highestPort = 65_535 - hostNames.length;

const positiveMs = z.int().positive();

/** Scheme, host and port, as links begin. */
export const originSchema = z
  .string()
  .refine((text) => URL.parse(text)?.origin === text, "is no origin such as http://127.0.0.1:8080");

export const subscriptionsSchema = z.array(z.string().min(1));

const optionsSchema = z.strictObject({
  /** Where `/_sandbox` listens; the hosts follow on the next ports, in the order of `hostNames`. 0 (default): free ports, each its own. */
  port: z.int().min(0).max(highestPort).default(0),
  /** A folder in the form of the bundled sample shop. */
  sampleShop: z.string().optional(),
  /** How many further products are made for load. */
  generatedProducts: z.int().min(0).max(1_000_000).default(0),
  /** Changes what the generated products are. */
  seed: z.int().default(1),
  accounts: z
    .array(
      z.strictObject({
        username: z.string().min(1),
        password: z.string().min(1),
        subscriptions: subscriptionsSchema.optional(),
        nicename: z.string().min(1).optional(),
        displayName: z.string().optional(),
      }),
    )
    .min(1)
    .optional(),
  enterpriseKey: z.string().min(1).default("enterprise-sandbox-key"),
  /** Downloads per product and account; the vendor's document says 4. */
  downloadLimit: z.int().min(0).default(4),
  charging: z.enum(chargingModels).default("link"),
  /** What differs from the defaults of Kaedim; see the README. */
  kaedim: kaedimOptionsSchema.default({}),
  /** What differs from the defaults of Imagine. */
  imagine: imagineOptionsSchema.default({}),
  /** What differs from the defaults of 3dverse; see the README. */
  threeDVerse: threeDVerseOptionsSchema.default({}),
  /** Whether requests without the documented headers are refused. */
  strict: z.boolean().default(true),
  feedEncoding: z.enum(feedEncodings).default("gzip"),
  /** Whether links carry expiry and signature, or are the bare URL of the document's example. */
  linkStyle: z.enum(linkStyles).default("signed"),
  /** Where download links point in place of the CDN itself: something that stands in front of it, or another host. */
  linkOrigin: originSchema.optional(),
  /** How long a download link works, in the sandbox's time; nobody knows the vendor's. */
  linkLifeMs: positiveMs.default(24 * 60 * 60 * 1000),
  /** How long a token works; the JWT plugin's default is 7 days. */
  tokenLifeMs: positiveMs.default(7 * 24 * 60 * 60 * 1000),
  /** How far the sandbox's clock is ahead of the machine's. */
  clockOffsetMs: z.int().default(0),
  /** How many requests the journal keeps. */
  journalEntries: z.int().positive().default(50_000),
  /** Signs tokens and links; the same text lets them outlive a restart on the same ports. */
  secret: z.string().min(1).default("the sandbox signs with this; it protects nothing"),
});

export type SandboxOptions = z.input<typeof optionsSchema>;
export type CompleteOptions = z.output<typeof optionsSchema>;

/** Checks the options strictly and fills in what is left out. */
export function parseOptions(given: SandboxOptions): CompleteOptions {
  return parseStrictly(optionsSchema, given, "Option", Object.keys(optionsSchema.shape));
}
