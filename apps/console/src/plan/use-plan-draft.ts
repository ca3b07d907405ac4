import type { WantedRuleText } from "@org/sync-daemon/contract/plan";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAction, useOperation } from "../api/use-operation.ts";
import { areSame, draftsOf, isComplete, parseRules, type RuleDraft } from "./rule-draft.ts";

export const wantedKey = "imeshh.wanted";

/** The rules as they are written down, and as a person is changing them. Nothing is written before `apply`. */
export function usePlanDraft() {
  const queries = useQueryClient();
  const settings = useOperation("settings", {});
  const change = useAction("changeSettings");
  const [drafts, setDrafts] = useState<readonly RuleDraft[] | null>(null);
  const [isApplied, setApplied] = useState(false);

  const setting = settings.data?.settings.find(({ key }) => key === wantedKey);
  const written = parseRules(setting?.value);
  const policy = settings.data?.settings.find(({ key }) => key === "imeshh.updates")?.value;
  const shown = drafts ?? draftsOf(written);
  const isChanged = drafts !== null && !areSame(drafts, written);

  return {
    settings,
    /** Set by a variable of the environment: it cannot be changed in the file. */
    isFixed: setting?.source === "environment",
    updates: typeof policy === "string" ? policy : "ask",
    drafts: shown,
    rules: shown.map(({ rule }) => rule).filter(isComplete),
    isChanged,
    isComplete: shown.every(({ rule }) => isComplete(rule)),
    /** Were rules written since this page was opened, and nothing changed since? */
    isApplied: isApplied && !isChanged,
    isApplying: change.isPending,
    error: change.error,
    change(next: readonly RuleDraft[]) {
      setApplied(false);
      change.reset();
      setDrafts(next);
    },
    discard() {
      change.reset();
      setDrafts(null);
    },
    apply() {
      const rules: WantedRuleText[] = shown.map(({ rule }) => rule);
      change.mutate(
        { changes: { [wantedKey]: rules } },
        {
          onSuccess(answer) {
            queries.setQueryData(["settings", {}], answer);
            setDrafts(null);
            setApplied(true);
          },
        },
      );
    },
  };
}
export type PlanDraft = ReturnType<typeof usePlanDraft>;
