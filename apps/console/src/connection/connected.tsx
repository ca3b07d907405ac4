import type { PageSessionAnswer } from "@org/sync-daemon/contract/page";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo } from "react";
import { createApiClient } from "../api/api-client.ts";
import { SignedInContext } from "../api/api-context.tsx";
import { queriesAffectedBy } from "../events/affected-queries.ts";
import { createEventFeed } from "../events/event-feed.ts";
import { createInvalidation } from "../events/invalidation.ts";
import { createTransferProgress } from "../events/transfer-progress.ts";
import { fetchViews } from "../frame/views.ts";
import { createPictureTurns } from "../pictures/picture-turns.ts";
import { createConnectionStore } from "./connection-store.ts";
import { followDaemon } from "./follow-daemon.ts";
import { LiveContext } from "./live-context.tsx";

/** What signed-in views need: the API, what it answered so far, and the events that make answers old. */
export function Connected(props: { session: PageSessionAnswer; signedOut: () => void; children: ReactNode }) {
  const { session, signedOut, children } = props;
  const { signedIn, live, queries } = useMemo(
    () => ({
      signedIn: { api: createApiClient({ key: session.key, signedOut }), pictureKey: session.pictureKey },
      live: {
        connection: createConnectionStore(),
        transfers: createTransferProgress(),
        feed: createEventFeed(),
        pictures: createPictureTurns(),
      },
      queries: new QueryClient({
        defaultOptions: {
          // The daemon is on this machine: it answers without a network, and events say what is old.
          queries: { networkMode: "always", retry: false, refetchOnWindowFocus: false, staleTime: 60_000 },
          mutations: { networkMode: "always" },
        },
      }),
    }),
    [session, signedOut],
  );

  useEffect(() => {
    const ended = new AbortController();
    const invalidation = createInvalidation(queries);
    void followDaemon({
      api: signedIn.api,
      connection: live.connection,
      signal: ended.signal,
      receive(event) {
        live.transfers.receive(event);
        live.feed.receive(event);
      },
      receiveType: (type) => invalidation.add(queriesAffectedBy(type)),
      opened() {
        live.transfers.clear();
        invalidation.add("everything");
      },
    });
    return () => {
      ended.abort();
      invalidation.stop();
    };
  }, [signedIn, live, queries]);

  useEffect(() => void fetchViews(), []);

  return (
    <SignedInContext value={signedIn}>
      <LiveContext value={live}>
        <QueryClientProvider client={queries}>{children}</QueryClientProvider>
      </LiveContext>
    </SignedInContext>
  );
}
