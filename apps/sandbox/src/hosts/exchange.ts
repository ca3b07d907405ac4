import type { FeedVariant } from "../catalog/feed-store.ts";
import type { JournalEntry } from "../journal.ts";

/** One request as a host sees it. */
export interface Exchange {
  method: string;
  /** Percent-decoded. */
  path: string;
  query: URLSearchParams;
  /** One text per name, in lower case. */
  headers: Record<string, string | undefined>;
  body: Buffer;
  /** Where the host notes account, product and spend. */
  entry: JournalEntry;
  /** What faults ask of the host itself. A host that follows one calls `fire`. */
  faults: {
    expiredLink: (() => void) | undefined;
    feedVariant: { variant: FeedVariant; fire: () => void } | undefined;
  };
}
