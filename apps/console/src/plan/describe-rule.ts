import type { WantedRuleText } from "@org/sync-daemon/contract/plan";
import type { libraryWords } from "../library/library-words.ts";
import type { Say } from "../words/define-words.ts";
import type { planWords } from "./plan-words.ts";

/** A rule as a sentence, such as `Models · free products · in Chairs`. */
export function describeRule(
  rule: WantedRuleText,
  say: Say<typeof planWords>,
  sayType: Say<Pick<typeof libraryWords, "model" | "material" | "geonode" | "fx">>,
): string {
  const parts = [
    rule.assetType === undefined ? undefined : sayType(rule.assetType),
    rule.freebie === undefined ? undefined : say(rule.freebie ? "everythingFree" : "everythingPaid"),
    rule.category === undefined ? undefined : say("inCategory", { name: rule.category }),
    rule.subCategory === undefined ? undefined : say("inCategory", { name: rule.subCategory }),
    rule.tag === undefined ? undefined : say("withTag", { name: rule.tag }),
    rule.search === undefined ? undefined : say("withWords", { text: rule.search }),
    rule.productId === undefined ? undefined : say("productNumber", { id: String(rule.productId) }),
    rule.download === undefined ? undefined : say("zipWith", { text: rule.download }),
    rule.updates === undefined ? undefined : say("updatesAre", { policy: say(rule.updates) }),
  ].filter((part) => part !== undefined);
  return parts.join(" · ");
}
