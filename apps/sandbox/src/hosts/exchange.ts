import type { FeedVariant } from "../catalog/feed-store.ts";
import type { ReceivedForm } from "../http/read-form.ts";
import type { JournalEntry } from "../journal.ts";

/** One request as a host sees it. */
export interface Exchange {
  method: string;
  /** Percent-decoded. */
  path: string;
  /** Path and query as sent. */
  target: string;
  query: URLSearchParams;
  /** One text per name, in lower case. */
  headers: Record<string, string | undefined>;
  /** Empty where the body was a form. */
  body: Buffer;
  /** The body where it was `multipart/form-data` with a boundary; files are counted and summed, not kept. */
  form: ReceivedForm | undefined;
  /** Where the host notes account, product and spend. */
  entry: JournalEntry;
  /** What faults ask of the host itself. A host that follows one calls `fire`. */
  faults: {
    expiredLink: (() => void) | undefined;
    feedVariant: { variant: FeedVariant; fire: () => void } | undefined;
  };
}
