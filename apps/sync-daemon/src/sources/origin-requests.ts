import { createImeshh, type ImeshhOrigins } from "@org/imeshh";
import { type NetworkSettings, toHttpSettings } from "./http-settings.ts";
import { translateError } from "./translate-error.ts";

/** The cheapest thing that one part of the shop can be asked for. */
export interface OriginRequest {
  readonly origin: keyof ImeshhOrigins;
  /** What it asks for, in words. */
  readonly what: string;
  /** Asks once. `servedAt`: the clock of the shop, where the answer tells it. Throws a `Failure`. */
  send(options: { signal: AbortSignal }): Promise<{ servedAt: string | null }>;
}

/** A hanging shop should not keep a person waiting; the daemon itself is more patient. */
const patienceMs = 15_000;

/**
 * One request to each part of the shop that needs no account, over the way the daemon takes. None spends, none is
 * repeated. The shop's own address is not among them: whatever it offers needs a sign-in.
 */
export function listOriginRequests(settings: { origins: ImeshhOrigins; network: NetworkSettings }): OriginRequest[] {
  const silenceMs = Math.min(settings.network.silenceMs, patienceMs);
  const http = { ...toHttpSettings({ ...settings.network, silenceMs }), retry: { maxAttempts: 1 } };
  const shop = createImeshh({ origins: settings.origins, http });
  const request = (
    origin: keyof ImeshhOrigins,
    what: string,
    send: (options: { signal: AbortSignal }) => Promise<string | null>,
  ): OriginRequest => ({
    origin,
    what,
    async send(options) {
      try {
        return { servedAt: await send(options) };
      } catch (error) {
        throw translateError(error, { step: "status" });
      }
    },
  });
  return [
    request("blog", "the status", async (options) => (await shop.getStatus(options)).servedAt),
    request("feeds", "the smallest catalog file", async ({ signal }) => {
      await shop.getCatalogFile({ assetType: "fx", signal });
      return null;
    }),
    request("extensions", "the shop's message", async (options) => {
      await shop.getMessage(options);
      return null;
    }),
  ];
}
