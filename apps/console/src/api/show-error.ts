import { notifications } from "@mantine/notifications";
import { isCallError } from "./call-error.ts";

/** Says what went wrong with something that a person asked for. What the whole page shows already is not said again. */
export function showError(error: unknown): void {
  if (isCallError(error, "daemon-gone") || isCallError(error, "signed-out")) return;
  const advice = isCallError(error) ? error.problem?.advice : undefined;
  const message = error instanceof Error ? error.message : String(error);
  notifications.show({ color: "red", title: message, message: advice ?? "", autoClose: 10_000 });
}
