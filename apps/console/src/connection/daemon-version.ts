import { healthSchema } from "@org/sync-daemon/contract/api-file";
import { otherRoutes } from "@org/sync-daemon/contract/operations";

/** The version of the daemon that answers now. Needs no session. Throws where nobody answers. */
export async function fetchDaemonVersion(signal: AbortSignal): Promise<string> {
  const response = await fetch(otherRoutes.health.path, { signal });
  return healthSchema.parse(await response.json()).version;
}
