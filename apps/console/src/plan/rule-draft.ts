import type { WantedRuleText } from "@org/sync-daemon/contract/plan";
import { wantedRuleSchema } from "@org/sync-daemon/contract/plan";
import { z } from "zod";

/** A rule while it is edited. The key only tells rules apart, so that each keeps its fields while it moves. */
export interface RuleDraft {
  readonly key: number;
  readonly rule: WantedRuleText;
}

const selectors = ["freebie", "assetType", "category", "subCategory", "tag", "search", "productId"] as const;

/** A rule must select something; one that would select everything is not meant. */
export const isComplete = (rule: WantedRuleText): boolean => selectors.some((key) => rule[key] !== undefined);

/** Rules as the settings hold them; what is no list of rules is none. */
export const parseRules = (value: unknown): readonly WantedRuleText[] =>
  z.array(wantedRuleSchema).safeParse(value).data ?? [];

export const draftsOf = (rules: readonly WantedRuleText[]): readonly RuleDraft[] =>
  rules.map((rule, key) => ({ key, rule }));

export const nextKey = (drafts: readonly RuleDraft[]): number => Math.max(-1, ...drafts.map(({ key }) => key)) + 1;

/** Puts a value into a rule; without one the key goes away. */
export function changeRule<Key extends keyof WantedRuleText>(
  rule: WantedRuleText,
  key: Key,
  value: WantedRuleText[Key] | undefined,
): WantedRuleText {
  const { [key]: _, ...rest } = rule;
  return value === undefined || value === "" ? rest : { ...rest, [key]: value };
}

/** Swaps the draft at `index` with the one before or after it. */
export function moveDraft(drafts: readonly RuleDraft[], index: number, by: -1 | 1): readonly RuleDraft[] {
  const [one, other] = [drafts[index], drafts[index + by]];
  if (one === undefined || other === undefined) return drafts;
  return drafts.with(index, other).with(index + by, one);
}

const canonical = (rule: WantedRuleText): string =>
  JSON.stringify(Object.entries(rule).sort(([one], [other]) => (one < other ? -1 : 1)));

/** Do the drafts say the same as these rules, in the same order? */
export const areSame = (drafts: readonly RuleDraft[], rules: readonly WantedRuleText[]): boolean =>
  drafts.length === rules.length &&
  rules.every((rule, index) => canonical(rule) === canonical(drafts[index]?.rule ?? {}));
