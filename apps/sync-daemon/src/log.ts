import { mkdir } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { type Logger, multistream, pino } from "pino";
import openRollingFile from "pino-roll";
import type { DaemonEvent } from "./domain/event.ts";
import { createLogScrubber } from "./log-scrubber.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Together at most 50 MB, whatever happens. */
const maxFileSize = "10m";
const keptFiles = 5;

export interface Log {
  readonly logger: Logger;
  /** For the HTTP clients. */
  readonly http: Logger;
  /** Writes down what happened in the daemon. Progress of transfers is left out: it would drown the rest. */
  event(event: DaemonEvent): void;
  /** From now on this value is hidden in every line. */
  addSecret(value: string): void;
  /** From now on this download link is hidden in every line, in whole and in parts. */
  addLink(url: string): void;
  setLevel(level: LogLevel): void;
  /** Writes what is waiting and closes the file. */
  close(): Promise<void>;
}

type EventField = DaemonEvent extends infer Event ? (Event extends unknown ? keyof Event : never) : never;

/** Every field of an event; the compiler misses one that is not here. */
const eventFields: Readonly<Record<EventField, true>> = {
  applied: true,
  assetType: true,
  bytes: true,
  bytesPerSecond: true,
  catalogRevision: true,
  code: true,
  committed: true,
  deferred: true,
  downloadId: true,
  downloads: true,
  doneBytes: true,
  durationMs: true,
  failed: true,
  finished: true,
  folder: true,
  message: true,
  needsRestart: true,
  note: true,
  productId: true,
  products: true,
  restored: true,
  resumed: true,
  skipped: true,
  spent: true,
  state: true,
  title: true,
  totalBytes: true,
  type: true,
  unresolved: true,
};

/** What else is written: by the HTTP clients, and errors. */
const otherFields = [
  "err",
  "operation",
  "method",
  "url",
  "status",
  "attempt",
  "delayMs",
  "bytes",
  "durationMs",
  "code",
  "offset",
];

const listedFields: ReadonlySet<string> = new Set([...Object.keys(eventFields), ...otherFields]);

/** What nobody has thought about is named and not written: it may be a whole request with its headers. */
function keepListedFields(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, listedFields.has(name) ? value : "[not listed]"]),
  );
}

/** An error without the fields that others have hung on it, such as the request with its headers. At most 5 causes deep. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === "string" ? error : "[no error]";
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(typeof code === "string" ? { code } : {}),
    ...(error.cause !== undefined && depth < 5 ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}

/**
 * Opens the log in `folder`: `asset-sync.N.log` with a rising N, readable for its owner only. Every line passes the
 * scrubber (log-scrubber.ts), so a secret in a deep field, a message or an error's text is not written.
 */
export async function createLog(options: {
  folder: string;
  level: LogLevel;
  secrets?: Iterable<string> | undefined;
  /** Also to standard error. */
  console?: boolean | undefined;
}): Promise<Log> {
  const scrubber = createLogScrubber(options.secrets);
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const file = await openRollingFile({
    file: path.join(options.folder, "asset-sync.log"),
    size: maxFileSize,
    limit: { count: keptFiles, removeOtherLogFiles: true },
    mode: 0o600,
  });
  // A full disk must not end the daemon; what cannot be written is lost and the last resort is standard error.
  let hasComplained = false;
  file.on("error", (error) => {
    if (!hasComplained) process.stderr.write(`The log cannot be written: ${error.message}\n`);
    hasComplained = true;
  });
  await new Promise<void>((resolve) => {
    file.once("ready", resolve);
    file.once("error", () => resolve());
  });

  const streams = [
    { level: "debug" as const, stream: { write: (line: string) => void file.write(scrubber.scrubLine(line)) } },
  ];
  if (options.console === true) {
    streams.push({ level: "debug", stream: { write: (line) => void process.stderr.write(scrubber.scrubLine(line)) } });
  }
  const logger = pino(
    {
      level: options.level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: keepListedFields },
      serializers: { err: describeError },
      redact: {
        paths: [
          "authorization",
          "*.authorization",
          "headers.authorization",
          "*.headers.authorization",
          "*.token",
          "*.password",
          "headers.cookie",
          "*.headers.cookie",
        ],
        censor: "[hidden]",
      },
    },
    multistream(streams),
  );
  const http = logger.child({ part: "http" });

  return {
    logger,
    http,
    event(event) {
      if (event.type === "download-progressed" || event.type === "downloads-changed") return;
      if (event.type === "library-moved" && event.doneBytes > 0 && event.doneBytes < event.totalBytes) return;
      logger[levelOf(event)](event, event.type);
    },
    addSecret: scrubber.addSecret,
    addLink: scrubber.addLink,
    setLevel(level) {
      logger.level = level;
      http.level = level;
    },
    async close() {
      if (file.destroyed) return;
      await new Promise<void>((resolve) => {
        file.once("close", resolve);
        file.once("error", () => resolve());
        file.end();
      });
    },
  };
}

function levelOf({ type }: DaemonEvent): LogLevel {
  if (type === "spend-in-doubt" || /-(?:failed|refused|lost|rebuilt)$/.test(type)) return "warn";
  return "info";
}
