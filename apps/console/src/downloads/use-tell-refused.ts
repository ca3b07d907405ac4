import { notifications } from "@mantine/notifications";
import type { RequestResult } from "@org/sync-daemon/contract/downloads";
import { useCallback } from "react";
import { useAdvice } from "../states/advice.ts";

export type Refused = RequestResult["refused"][number];

/** Shows why products that a person asked for are not fetched, and what can be done; stays until it is closed. */
export function useTellRefused(): (refused: readonly Refused[]) => void {
  const advise = useAdvice();
  return useCallback(
    (refused) => {
      for (const { code, message } of refused) {
        notifications.show({
          title: message,
          message: advise(code, null) ?? "",
          color: "red",
          autoClose: false,
          withBorder: true,
        });
      }
    },
    [advise],
  );
}
