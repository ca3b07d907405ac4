import { useCallback } from "react";
import type { CallError } from "../api/call-error.ts";
import { useWords } from "../words/language-context.tsx";
import { useAdvice } from "./advice.ts";
import { stateWords } from "./state-words.ts";

/** What happened and what can be done about it, in the chosen language where it is known. */
export function useExplainError(): (error: CallError) => { title: string; advice: string | null } {
  const say = useWords(stateWords);
  const advise = useAdvice();
  return useCallback(
    (error) => {
      switch (error.kind) {
        case "daemon-gone":
          return { title: say("gone"), advice: say("goneAdvice") };
        case "not-available":
          return { title: say("notAvailable"), advice: null };
        case "signed-out":
          return { title: say("signedOut"), advice: null };
        case "answer-unknown":
          return { title: say("otherVersion"), advice: say("otherVersionAdvice") };
        case "problem":
          return {
            title: error.message,
            advice: error.problem === null ? null : advise(error.problem.code, error.problem.advice ?? null),
          };
      }
    },
    [say, advise],
  );
}
