import { Alert, Grid } from "@mantine/core";
import { ViewPage } from "../frame/view-page.tsx";
import { CallFailed } from "../states/call-failed.tsx";
import { RowSkeletons } from "../states/row-skeletons.tsx";
import { useWords } from "../words/language-context.tsx";
import { LeaveGuard } from "./leave-guard.tsx";
import { PlanBar } from "./plan-bar.tsx";
import { PlanPrice } from "./plan-price.tsx";
import { planWords } from "./plan-words.ts";
import { RuleList } from "./rule-list.tsx";
import { type PlanDraft, usePlanDraft } from "./use-plan-draft.ts";
import { usePlanPreview } from "./use-plan-preview.ts";

export function PlanView() {
  const draft = usePlanDraft();
  const { data, error, refetch } = draft.settings;
  return (
    <ViewPage name="plan">
      {data !== undefined ? (
        <Plan draft={draft} />
      ) : error === null ? (
        <RowSkeletons height={96} count={3} />
      ) : (
        <CallFailed error={error} again={() => void refetch()} />
      )}
    </ViewPage>
  );
}

function Plan({ draft }: { draft: PlanDraft }) {
  const say = useWords(planWords);
  const preview = usePlanPreview(draft.rules);
  return (
    <>
      <LeaveGuard isGuarding={draft.isChanged} />
      {draft.isFixed && <Alert color="gray" variant="light" title={say("byEnvironment")} />}
      <PlanBar draft={draft} preview={preview} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 6, lg: 7 }} order={{ base: 2, md: 1 }}>
          <RuleList draft={draft} preview={preview} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6, lg: 5 }} order={{ base: 1, md: 2 }}>
          <PlanPrice preview={preview} />
        </Grid.Col>
      </Grid>
    </>
  );
}
