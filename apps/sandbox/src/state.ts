import { z } from "zod";
import type { ThreeDVerseState } from "./3dverse/state-report.ts";
import { type ThreeDVerse, threeDVersePatchSchema } from "./3dverse/three-d-verse.ts";
import type { Catalog } from "./catalog/catalog.ts";
import { type FeedEncoding, feedEncodings } from "./catalog/feed-store.ts";
import type { Clock } from "./clock.ts";
import { type Message, noMessage } from "./hosts/extensions.ts";
import { type ImagineState, imaginePatchSchema } from "./imagine/control.ts";
import type { Imagine } from "./imagine/imagine.ts";
import { type KaedimState, kaedimPatchSchema } from "./kaedim/control.ts";
import type { Kaedim } from "./kaedim/kaedim.ts";
import { originSchema, subscriptionsSchema } from "./options.ts";
import { InvalidInputError, parseStrictly } from "./parse-strictly.ts";
import type { Account } from "./shop/accounts.ts";
import { type LinkStyle, type Links, linkStyles } from "./shop/links.ts";
import { type ChargingModel, chargingModels, type Quota } from "./shop/quota.ts";
import type { Tokens } from "./shop/tokens.ts";

/** What may be switched while the sandbox runs. */
export interface Switches {
  charging: ChargingModel;
  strict: boolean;
  feedEncoding: FeedEncoding;
  /** Where download links point; null: to the CDN. */
  linkOrigin: string | null;
  message: Message;
}

const counterTable = z.record(z.string().regex(/^\d+$/, "product numbers are the keys"), z.int().nonnegative());
const assetTypes = ["model", "material", "geonode", "fx"] as const;

const patchSchema = z.strictObject({
  /** An offset from the machine's clock, or the time it shall be now (ISO 8601); it runs on from there. */
  clock: z
    .union([
      z.strictObject({ offsetMs: z.int() }),
      z.strictObject({ at: z.iso.datetime({ offset: true }) }),
      z.strictObject({ advanceMs: z.int() }),
    ])
    .optional(),
  /** A text to set it to, or true to move it to now. */
  lastUpdated: z.union([z.string().min(1), z.literal(true)]).optional(),
  charging: z.enum(chargingModels).optional(),
  strict: z.boolean().optional(),
  feedEncoding: z.enum(feedEncodings).optional(),
  downloadLimit: z.int().nonnegative().optional(),
  linkLifeMs: z.int().positive().optional(),
  linkStyle: z.enum(linkStyles).optional(),
  /** Where download links point from now on; null: to the CDN again. */
  linkOrigin: originSchema.nullable().optional(),
  /** Product number to count, for the first account. */
  counters: counterTable.optional(),
  accounts: z
    .array(
      z.strictObject({
        username: z.string(),
        password: z.string().min(1).optional(),
        subscriptions: subscriptionsSchema.optional(),
        counters: counterTable.optional(),
      }),
    )
    .optional(),
  expireTokens: z.literal(true).optional(),
  /** The text of a catalog file, by asset type; moves `lastUpdated`. */
  catalogFiles: z.partialRecord(z.enum(assetTypes), z.string()).optional(),
  /** The whole categories feed; moves `lastUpdated`. */
  categories: z.unknown().optional(),
  message: z
    .strictObject({
      status: z.enum(["none", "active", "inactive", "everyone"]).optional(),
      message: z.string().optional(),
      links: z.array(z.strictObject({ text: z.string(), url: z.string() })).optional(),
      cool_down: z
        .strictObject({ weeks: z.int(), days: z.int(), hours: z.int(), minutes: z.int(), seconds: z.int() })
        .partial()
        .optional(),
    })
    .optional(),
  kaedim: kaedimPatchSchema.optional(),
  imagine: imaginePatchSchema.optional(),
  threeDVerse: threeDVersePatchSchema.optional(),
});

export type StatePatch = z.input<typeof patchSchema>;

/** What `/_sandbox/state` shows. */
export interface SandboxState {
  clock: { now: string; offsetMs: number };
  lastUpdated: string;
  charging: ChargingModel;
  strict: boolean;
  feedEncoding: FeedEncoding;
  downloadLimit: number;
  linkLifeMs: number;
  linkStyle: LinkStyle;
  linkOrigin: string | null;
  /** Product number to count, summed over the accounts. */
  counters: Record<string, number>;
  accounts: { username: string; subscriptions: string[]; counters: Record<string, number> }[];
  message: Message;
  kaedim: KaedimState;
  imagine: ImagineState;
  threeDVerse: ThreeDVerseState;
}

export interface StateParts {
  clock: Clock;
  catalog: Catalog;
  switches: Switches;
  quota: Quota;
  links: Links;
  tokens: Tokens;
  accounts: Account[];
  kaedim: Kaedim;
  imagine: Imagine;
  threeDVerse: ThreeDVerse;
}

export function readState(parts: StateParts): SandboxState {
  const { clock, catalog, switches, quota, links, accounts } = parts;
  return structuredClone({
    clock: { now: new Date(clock.now()).toISOString(), offsetMs: clock.offsetMs() },
    lastUpdated: catalog.lastUpdated(),
    charging: switches.charging,
    strict: switches.strict,
    feedEncoding: switches.feedEncoding,
    downloadLimit: quota.limit(),
    linkLifeMs: links.lifeMs(),
    linkStyle: links.style(),
    linkOrigin: switches.linkOrigin,
    counters: quota.counters(),
    accounts: accounts.map(({ username, subscriptions, userId }) => ({
      username,
      subscriptions,
      counters: quota.counters(userId),
    })),
    message: switches.message,
    kaedim: parts.kaedim.state(),
    imagine: parts.imagine.state(),
    threeDVerse: parts.threeDVerse.state(),
  });
}

/** Checks a patch strictly as a whole, then applies it; a wrong one changes nothing. */
export function patchState(parts: StateParts, given: unknown): void {
  const patch = parseStrictly(patchSchema, given, "State", Object.keys(patchSchema.shape));
  const { clock, catalog, switches, quota, links, tokens } = parts;
  const changes = (patch.accounts ?? []).map((change) => ({
    change,
    account: findAccount(parts.accounts, change.username),
  }));
  const applyToKaedim = patch.kaedim === undefined ? undefined : parts.kaedim.preparePatch(patch.kaedim);
  const applyToImagine = patch.imagine === undefined ? undefined : parts.imagine.preparePatch(patch.imagine);
  const applyTo3dverse =
    patch.threeDVerse === undefined ? undefined : parts.threeDVerse.preparePatch(patch.threeDVerse);
  if (patch.clock !== undefined) {
    if ("offsetMs" in patch.clock) clock.setOffset(patch.clock.offsetMs);
    else if ("advanceMs" in patch.clock) clock.advance(patch.clock.advanceMs);
    else clock.setTime(Date.parse(patch.clock.at));
  }
  if (patch.charging !== undefined) switches.charging = patch.charging;
  if (patch.strict !== undefined) switches.strict = patch.strict;
  if (patch.feedEncoding !== undefined) switches.feedEncoding = patch.feedEncoding;
  if (patch.downloadLimit !== undefined) quota.setLimit(patch.downloadLimit);
  if (patch.linkLifeMs !== undefined) links.setLifeMs(patch.linkLifeMs);
  if (patch.linkOrigin !== undefined) switches.linkOrigin = patch.linkOrigin;
  if (patch.linkStyle !== undefined) links.setStyle(patch.linkStyle);
  if (patch.counters !== undefined) setCounters(quota, findAccount(parts.accounts), patch.counters);
  for (const { change, account } of changes) {
    if (change.password !== undefined) account.password = change.password;
    if (change.subscriptions !== undefined) account.subscriptions = [...change.subscriptions];
    if (change.counters !== undefined) setCounters(quota, account, change.counters);
  }
  if (patch.expireTokens === true) tokens.expireAll();
  for (const type of assetTypes) {
    const text = patch.catalogFiles?.[type];
    if (text !== undefined) catalog.setCatalogFile(type, text);
  }
  if (patch.categories !== undefined) catalog.setCategories(patch.categories);
  if (patch.message !== undefined) switches.message = mergeMessage(switches.message, patch.message);
  applyToKaedim?.();
  applyToImagine?.();
  applyTo3dverse?.();
  // Last, so that a given text is not moved again by the changes above.
  if (patch.lastUpdated !== undefined)
    catalog.setLastUpdated(patch.lastUpdated === true ? undefined : patch.lastUpdated);
}

/** The account of that name, or the first one. */
export function findAccount(accounts: Account[], username?: string): Account {
  const account = username === undefined ? accounts[0] : accounts.find((candidate) => candidate.username === username);
  if (account === undefined) {
    throw new InvalidInputError(
      `There is no account ${username}; there are ${accounts.map((known) => known.username).join(", ")}.`,
    );
  }
  return account;
}

function setCounters(quota: Quota, account: Account, counters: Record<string, number>): void {
  for (const [productId, count] of Object.entries(counters)) quota.setUsed(account.userId, Number(productId), count);
}

function mergeMessage(message: Message, patch: NonNullable<z.output<typeof patchSchema>["message"]>): Message {
  return {
    schema_version: noMessage.schema_version,
    status: patch.status ?? message.status,
    message: patch.message ?? message.message,
    links: patch.links ?? message.links,
    cool_down: { ...message.cool_down, ...definedOnly(patch.cool_down ?? {}) },
  };
}

function definedOnly(values: Partial<Record<string, number | undefined>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter((pair): pair is [string, number] => pair[1] !== undefined));
}
