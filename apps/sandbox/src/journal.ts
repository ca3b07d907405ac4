import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { HostName } from "./host-name.ts";
import { matchesPath } from "./path-pattern.ts";

/** One request as the far side saw it. Rows appear at arrival and are completed when the answer ended. */
export interface JournalEntry {
  /** Increases by one with each request, and goes on after the journal was cleared. */
  id: number;
  host: HostName;
  method: string;
  /** As sent, percent-encoding kept. */
  path: string;
  query: Record<string, string>;
  /** Names in lower case; the values of credentials replaced by their scheme and a short hash. */
  headers: Record<string, string>;
  /** Null until answered, and for good where the connection was destroyed without an answer. */
  status: number | null;
  /** Bytes of the request's body that arrived, also those of an upload that broke off. */
  bytesReceived: number;
  /** Bytes of the body handed to the connection. */
  bytesSent: number;
  /** Whether the whole answer was handed over before the connection ended. */
  completed: boolean;
  /** The account whose token, link or key came with the request. */
  account: string | null;
  /** By the machine's clock, not the sandbox's. */
  receivedAt: string;
  finishedAt: string | null;
  /** Whether this request raised a counter. */
  spend: boolean;
  productId: number | null;
  /** What credential arrived where it must never go; null where none did. */
  leak: string | null;
  /** Why a strict sandbox refused the request. */
  refusal: string | null;
  /** The kinds of the faults that took effect on the answer. */
  faults: string[];
}

export interface JournalFilter {
  host?: HostName | undefined;
  /** A path's beginning, or a glob with `*`. */
  path?: string | undefined;
  method?: string | undefined;
}

export interface Journal {
  open(request: {
    host: HostName;
    method: string;
    path: string;
    query: URLSearchParams;
    headers: IncomingHttpHeaders;
  }): JournalEntry;
  list(filter?: JournalFilter): JournalEntry[];
  clear(): void;
  /** How many of the oldest rows were let go because the journal is full. */
  dropped(): number;
}

/** @param maxEntries how many rows are kept; the oldest go first. */
export function createJournal(maxEntries: number): Journal {
  let entries: JournalEntry[] = [];
  let lastId = 0;
  let droppedEntries = 0;
  return {
    open({ host, method, path, query, headers }) {
      lastId += 1;
      const entry: JournalEntry = {
        id: lastId,
        host,
        method,
        path,
        query: Object.fromEntries(query),
        headers: redactHeaders(headers),
        status: null,
        bytesReceived: 0,
        bytesSent: 0,
        completed: false,
        account: null,
        receivedAt: new Date().toISOString(),
        finishedAt: null,
        spend: false,
        productId: null,
        leak: null,
        refusal: null,
        faults: [],
      };
      entries.push(entry);
      if (entries.length > maxEntries) {
        // A tenth at a time, so that a full journal does not move all its rows with each request.
        const surplus = Math.max(1, Math.floor(maxEntries / 10));
        entries = entries.slice(surplus);
        droppedEntries += surplus;
      }
      return entry;
    },
    list(filter = {}) {
      return entries
        .filter(
          (entry) =>
            (filter.host === undefined || entry.host === filter.host) &&
            (filter.method === undefined || entry.method === filter.method.toUpperCase()) &&
            (filter.path === undefined || matchesPath(filter.path, entry.path)),
        )
        .map((entry) => structuredClone(entry));
    },
    clear() {
      entries = [];
      droppedEntries = 0;
    },
    dropped: () => droppedEntries,
  };
}

const secretHeaders = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "x-api-key",
  "refresh-token",
  "api_key",
  "user_token",
  "guest_token",
]);

function redactHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const redacted: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const text = Array.isArray(value) ? value.join(", ") : value;
    redacted[name] = secretHeaders.has(name) ? redactCredential(text) : text;
  }
  return redacted;
}

/** `Bearer …redacted sha256:1a2b3c4d`: two rows with the same hash carried the same credential. */
function redactCredential(value: string): string {
  const scheme = /^[A-Za-z]+(?= )/.exec(value)?.[0];
  const hash = createHash("sha256").update(value).digest("hex").slice(0, 8);
  return `${scheme === undefined ? "" : `${scheme} `}…redacted sha256:${hash}`;
}
