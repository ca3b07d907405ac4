import type { GetRequest } from "@org/sync-daemon/contract/downloads";
import { useQueryClient } from "@tanstack/react-query";
import { useAction } from "../api/use-operation.ts";
import { useTellFailure } from "../states/use-tell-failure.ts";
import { useTellRefused } from "./use-tell-refused.ts";

/** Asks for products by name, as a person; what is refused is shown with its reason. Spends what was said on the button. */
export function useRequestProducts() {
  const queries = useQueryClient();
  const tellFailure = useTellFailure();
  const tellRefused = useTellRefused();
  const action = useAction("request");
  return {
    isPending: action.isPending,
    request(request: GetRequest) {
      action.mutate(request, {
        onError: tellFailure,
        onSuccess({ refused }) {
          for (const name of ["downloads", "status", "assets", "library"])
            void queries.invalidateQueries({ queryKey: [name] });
          tellRefused(refused);
        },
      });
    },
  };
}
