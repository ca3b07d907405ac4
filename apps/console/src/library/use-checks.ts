import type { RepairResult, VerifyResult } from "@org/sync-daemon/contract/library";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAction } from "../api/use-operation.ts";
import { useTellFailure } from "../states/use-tell-failure.ts";

export type CheckOutcome =
  | { readonly kind: "verified"; readonly result: VerifyResult }
  | { readonly kind: "repaired"; readonly result: RepairResult };

/** Checking and mending of assets, and what came of it last. Neither costs a download. */
export function useChecks() {
  const queries = useQueryClient();
  const tellFailure = useTellFailure();
  const [outcome, setOutcome] = useState<CheckOutcome | null>(null);
  const verify = useAction("verify");
  const repair = useAction("repair");
  return {
    outcome,
    isChecking: verify.isPending,
    isRepairing: repair.isPending,
    forget: () => setOutcome(null),
    /** Without numbers, all that is installed. */
    verify: (products: number[]) =>
      verify.mutate(
        { products },
        { onError: tellFailure, onSuccess: (result) => setOutcome({ kind: "verified", result }) },
      ),
    repair: (products: number[], options: { previous?: boolean } = {}) =>
      repair.mutate(
        { products, previous: options.previous ?? false },
        {
          onError: tellFailure,
          onSuccess(result) {
            setOutcome({ kind: "repaired", result });
            for (const name of ["assets", "library", "search", "show"]) {
              void queries.invalidateQueries({ queryKey: [name] });
            }
          },
        },
      ),
  };
}
export type Checks = ReturnType<typeof useChecks>;
