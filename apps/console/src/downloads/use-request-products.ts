import { notifications } from "@mantine/notifications";
import type { GetRequest } from "@org/sync-daemon/contract/downloads";
import { useQueryClient } from "@tanstack/react-query";
import { useAction } from "../api/use-operation.ts";
import { useAdvice } from "../states/advice.ts";
import { useTellFailure } from "../states/use-tell-failure.ts";

/** Asks for products by name, as a person; what is refused is shown with its reason. Spends what was said on the button. */
export function useRequestProducts() {
  const queries = useQueryClient();
  const tellFailure = useTellFailure();
  const advise = useAdvice();
  const action = useAction("request");
  return {
    isPending: action.isPending,
    request(request: GetRequest) {
      action.mutate(request, {
        onError: tellFailure,
        onSuccess({ refused }) {
          for (const name of ["downloads", "status", "assets", "library"])
            void queries.invalidateQueries({ queryKey: [name] });
          for (const { code, message } of refused) {
            const advice = advise(code, null);
            notifications.show({
              title: message,
              message: advice ?? "",
              color: "red",
              autoClose: false,
              withBorder: true,
            });
          }
        },
      });
    },
  };
}
