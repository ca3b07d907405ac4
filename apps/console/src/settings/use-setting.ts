import { useDebouncedCallback } from "@mantine/hooks";
import type { Setting } from "@org/sync-daemon/contract/settings";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useApi } from "../api/api-context.tsx";
import { CallError } from "../api/call-error.ts";
import { useAction } from "../api/use-operation.ts";
import { useExplainError } from "../states/explain-error.ts";

type Value = Setting["value"];

/** A pause in typing after which what was typed is judged. */
const typingPauseMs = 400;

/**
 * One setting while it is edited: judged by the daemon as one types, written when it is left or chosen. What the daemon
 * says about it stands at the field.
 */
export function useSetting(setting: Setting) {
  const api = useApi();
  const queries = useQueryClient();
  const explain = useExplainError();
  const change = useAction("changeSettings");
  const [problem, setProblem] = useState<string | null>(null);
  const [isSaved, setSaved] = useState(false);
  const judging = useRef<AbortController | null>(null);
  useEffect(() => () => judging.current?.abort(), []);

  const problemOf = (error: CallError): string => {
    const own = error.problem?.problems?.find(({ key }) => key === setting.key)?.message;
    return own ?? explain(error).title;
  };
  const judge = useDebouncedCallback((value: Value) => {
    judging.current?.abort();
    const turn = new AbortController();
    judging.current = turn;
    api.call("changeSettings", { changes: { [setting.key]: value }, dryRun: true }, { signal: turn.signal }).then(
      () => setProblem(null),
      (error: unknown) => {
        if (!turn.signal.aborted && error instanceof CallError) setProblem(problemOf(error));
      },
    );
  }, typingPauseMs);

  return {
    problem,
    isSaved,
    isSaving: change.isPending,
    judge(value: Value) {
      setSaved(false);
      judge(value);
    },
    refuse: setProblem,
    save(value: Value) {
      judge.cancel();
      judging.current?.abort();
      change.mutate(
        { changes: { [setting.key]: value } },
        {
          onError: (error) => setProblem(problemOf(error)),
          onSuccess(answer) {
            queries.setQueryData(["settings", {}], answer);
            void queries.invalidateQueries({ queryKey: ["status"] });
            setProblem(null);
            setSaved(true);
          },
        },
      );
    },
  };
}
