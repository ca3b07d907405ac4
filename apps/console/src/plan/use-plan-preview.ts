import { useDebouncedValue } from "@mantine/hooks";
import type { WantedRuleText } from "@org/sync-daemon/contract/plan";
import { useOperation } from "../api/use-operation.ts";

/** A pause in typing after which the rules are priced anew. */
const typingPauseMs = 250;
const itemsShown = 50;

/** What the rules would cost. The last price stays until the next has come; older questions are given up. */
export function usePlanPreview(rules: readonly WantedRuleText[]) {
  // Compared as text: each render makes the rules anew.
  const text = JSON.stringify(rules);
  const [asked] = useDebouncedValue(text, typingPauseMs);
  const answer = useOperation(
    "previewPlan",
    { wanted: JSON.parse(asked) as WantedRuleText[], limit: itemsShown },
    { keepPrevious: true },
  );
  return {
    data: answer.data,
    error: answer.error,
    refetch: () => void answer.refetch(),
    /** Is what is shown the price of other rules than those on the page? */
    isOld: text !== asked || answer.isPlaceholderData,
  };
}
export type PlanPreviewState = ReturnType<typeof usePlanPreview>;
