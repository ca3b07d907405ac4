import { Button, EmptyState, Group, Title } from "@mantine/core";
import type { WantedRuleText } from "@org/sync-daemon/contract/plan";
import { IconListCheck, IconPlus } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useWords } from "../words/language-context.tsx";
import { planWords } from "./plan-words.ts";
import { RuleCard } from "./rule-card.tsx";
import { isComplete, moveDraft, nextKey } from "./rule-draft.ts";
import type { PlanDraft } from "./use-plan-draft.ts";
import type { PlanPreviewState } from "./use-plan-preview.ts";

/** The rules in their order, each with what it selects beyond the earlier ones. */
export function RuleList({ draft, preview }: { draft: PlanDraft; preview: PlanPreviewState }) {
  const say = useWords(planWords);
  const id = useId();
  const [openKey, setOpenKey] = useState<number | null>(null);
  const { drafts, isFixed } = draft;

  const add = (rule: WantedRuleText) => {
    const key = nextKey(drafts);
    draft.change([...drafts, { key, rule }]);
    if (!isComplete(rule)) setOpenKey(key);
  };
  // Only complete rules are priced: the counts are theirs, in their order.
  const complete = drafts.filter(({ rule }) => isComplete(rule));
  const selectedBy = (key: number): number | undefined => {
    const place = complete.findIndex((one) => one.key === key);
    return preview.isOld || place < 0 ? undefined : preview.data?.selected[place];
  };

  return (
    <section aria-labelledby={id}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id={id}>
          {say("rules")}
        </Title>
        {!isFixed && (
          <Button size="xs" variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => add({})}>
            {say("add")}
          </Button>
        )}
      </Group>
      {drafts.length === 0 ? (
        <EmptyState
          py="xl"
          icon={<IconListCheck aria-hidden />}
          title={say("noRulesTitle")}
          description={say("noRulesAdvice")}
          withIndicatorBackground
        >
          <EmptyState.Actions>
            <Button disabled={isFixed} onClick={() => add({ freebie: true })}>
              {say("addFree")}
            </Button>
          </EmptyState.Actions>
        </EmptyState>
      ) : (
        <ol style={{ display: "grid", gap: 8, margin: 0, padding: 0, listStyle: "none" }}>
          {drafts.map(({ key, rule }, index) => (
            <RuleCard
              key={key}
              rule={rule}
              number={index + 1}
              isLast={index === drafts.length - 1}
              isFixed={isFixed}
              isOpen={openKey === key}
              selected={selectedBy(key)}
              defaultPolicy={draft.updates}
              toggle={() => setOpenKey(openKey === key ? null : key)}
              change={(next) => draft.change(drafts.with(index, { key, rule: next }))}
              remove={() => draft.change(drafts.toSpliced(index, 1))}
              move={(by) => draft.change(moveDraft(drafts, index, by))}
            />
          ))}
        </ol>
      )}
    </section>
  );
}
