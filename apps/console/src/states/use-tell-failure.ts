import { notifications } from "@mantine/notifications";
import { useCallback } from "react";
import type { CallError } from "../api/call-error.ts";
import { useExplainError } from "./explain-error.ts";

/** Shows why something that a person asked for was not done; stays until it is closed. */
export function useTellFailure(): (error: CallError) => void {
  const explain = useExplainError();
  return useCallback(
    (error) => {
      const { title, advice } = explain(error);
      notifications.show({ title, message: advice ?? "", color: "red", autoClose: false, withBorder: true });
    },
    [explain],
  );
}
