import { useOperation } from "../api/use-operation.ts";
import { useConnection } from "../connection/live-context.tsx";
import { SetUp } from "../setup/set-up.tsx";
import { ConnectionNotice } from "./connection-notice.tsx";
import { Surroundings } from "./surroundings.tsx";

/** The first run where nothing is set up yet, and the views otherwise. */
export function Frame() {
  const { data: status, isPending } = useOperation("status", {});
  const connection = useConnection();
  // One answer of this machine decides which of both it is; nothing is drawn that would be taken away at once.
  if (isPending && connection.state === "connecting") return null;
  return (
    <>
      {status?.state === "setup" ? <SetUp /> : <Surroundings />}
      <ConnectionNotice />
    </>
  );
}
