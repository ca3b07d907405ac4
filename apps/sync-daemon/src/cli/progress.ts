import type { WatchedEvent } from "../api/contract/activity.ts";
import { formatBytes } from "../domain/byte-size.ts";
import { libraryFolders } from "../domain/library-layout.ts";
import { cleanText, countOf } from "./format.ts";

interface Transfer {
  readonly title: string;
  readonly bytes: number;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number;
}

export interface Progress {
  show(event: WatchedEvent): void;
  /** Takes the bars away. */
  end(): void;
}

/** A terminal that is repainted more often only flickers. */
const betweenPaintsMs = 100;
const maxBars = 8;

/**
 * Shows what happens to a person who waits: on a terminal one bar per download and one for all of them, repainted in
 * place below the lines of what is done; elsewhere one line for each thing that began, ended or failed.
 */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  const transfers = new Map<number, Transfer>();
  let paintedLines = 0;
  let timer: NodeJS.Timeout | undefined;

  const erase = () => {
    if (paintedLines > 0) stream.write(`\u001b[${paintedLines}A\r\u001b[J`);
    paintedLines = 0;
  };
  const paint = () => {
    timer = undefined;
    erase();
    const lines = formatBars([...transfers.values()], stream.columns);
    paintedLines = lines.length;
    if (lines.length > 0) stream.write(`${lines.join("\n")}\n`);
  };
  const say = (line: string) => {
    erase();
    stream.write(`${line}\n`);
    if (stream.isTTY) paint();
  };

  return {
    show(event) {
      follow(transfers, event);
      const line = describeEvent(event);
      if (line !== undefined && !(stream.isTTY && event.type === "download-started")) say(line);
      else if (stream.isTTY) timer ??= setTimeout(paint, betweenPaintsMs);
    },
    end() {
      clearTimeout(timer);
      erase();
    },
  };
}

function follow(transfers: Map<number, Transfer>, event: WatchedEvent): void {
  switch (event.type) {
    case "download-started":
      transfers.set(event.productId, { title: event.title, bytes: 0, totalBytes: null, bytesPerSecond: 0 });
      break;
    case "download-progressed":
      transfers.set(event.productId, event);
      break;
    case "download-fetched":
    case "download-failed":
    case "asset-committed":
      transfers.delete(event.productId);
      break;
    case "sync-finished":
    case "sync-failed":
      transfers.clear();
      break;
    default:
  }
}

/** The line for one event; undefined for what is not worth one. */
export function describeEvent(event: WatchedEvent): string | undefined {
  const text = sentenceOf(event);
  return text === undefined ? undefined : cleanText(text);
}

function sentenceOf(event: WatchedEvent): string | undefined {
  switch (event.type) {
    case "catalog-replaced":
      return `News from the shop: ${countOf(event.products, "product")}${event.skipped === 0 ? "" : `, ${event.skipped} of its records are no product on offer`}.`;
    case "plan-made":
      return event.downloads === 0 ? undefined : `${countOf(event.downloads, "product")} to fetch.`;
    case "download-started":
      return `${event.resumed ? "Going on with" : "Downloading"} ${event.title}.`;
    case "download-fetched":
      return `Downloaded ${event.title} (${formatBytes(event.bytes)}).`;
    case "asset-committed":
      return `Installed ${event.title} in ${libraryFolders[event.assetType]}/${event.folder}.${event.note === undefined ? "" : ` ${event.note}`}`;
    case "download-failed":
      return `Not done: ${event.title}. ${event.message}`;
    case "config-refused":
      return `The changed configuration cannot be used, so nothing changes: ${event.message}`;
    case "catalog-refused":
    case "library-lost":
    case "state-rebuilt":
    case "sync-failed":
      return event.message;
    case "library-moved":
      return describeMove(event);
    case "library-found":
      return `The library ${libraryFolders[event.assetType]} is back.`;
    case "library-recovered":
      return describeRecovery(event);
    case "config-changed":
      return describeConfigChange(event);
    default:
      return undefined;
  }
}

function describeMove(event: Extract<WatchedEvent, { type: "library-moved" }>): string | undefined {
  if (event.message !== null) return event.message;
  if (event.doneBytes > 0) return undefined;
  const size = formatBytes(event.totalBytes);
  return event.state === "copying" ? `Copying the libraries (${size}).` : `Comparing the copies (${size}).`;
}

function describeRecovery(event: Extract<WatchedEvent, { type: "library-recovered" }>): string {
  const parts = [
    ...(event.finished.length > 0 ? [`${countOf(event.finished.length, "update")} finished`] : []),
    ...(event.restored.length > 0 ? [`${countOf(event.restored.length, "old version")} put back`] : []),
  ];
  const done = parts.length > 0 ? `: ${parts.join(", ")}` : "";
  return [`What was cut off in ${libraryFolders[event.assetType]} is in order again${done}.`, ...event.unresolved].join(
    " ",
  );
}

function describeConfigChange({
  applied,
  needsRestart,
}: {
  applied: readonly string[];
  needsRestart: readonly string[];
}): string {
  const parts = [];
  if (applied.length > 0) parts.push(`in use from now on: ${applied.join(", ")}`);
  if (needsRestart.length > 0) parts.push(`after a restart: ${needsRestart.join(", ")}`);
  return `The configuration changed (${parts.join("; ")}).`;
}

/** One line per download, the last one for all of them together; none wider than the terminal. */
export function formatBars(transfers: readonly Transfer[], columns = 80): string[] {
  if (transfers.length === 0) return [];
  const shown = transfers.slice(0, maxBars);
  const titleWidth = Math.min(28, Math.max(...shown.map(({ title }) => cleanText(title).length)));
  const lines = shown.map((transfer) => formatBar(fitText(transfer.title, titleWidth), transfer));
  if (transfers.length > shown.length) lines.push(`and ${transfers.length - shown.length} more`);
  if (transfers.length > 1) {
    const sum = (read: (transfer: Transfer) => number) =>
      transfers.reduce((total, transfer) => total + read(transfer), 0);
    const areKnown = transfers.every(({ totalBytes }) => totalBytes !== null);
    lines.push(
      formatBar(fitText("Together", titleWidth), {
        title: "",
        bytes: sum(({ bytes }) => bytes),
        totalBytes: areKnown ? sum(({ totalBytes }) => totalBytes ?? 0) : null,
        bytesPerSecond: sum(({ bytesPerSecond }) => bytesPerSecond),
      }),
    );
  }
  return lines.map((line) => line.slice(0, Math.max(20, columns - 1)));
}

function fitText(text: string, width: number): string {
  const clean = cleanText(text);
  return clean.length > width ? `${clean.slice(0, width - 1)}…` : clean.padEnd(width);
}

const barWidth = 20;

function formatBar(title: string, { bytes, totalBytes, bytesPerSecond }: Transfer): string {
  const rate = bytesPerSecond > 0 ? `  ${formatBytes(bytesPerSecond)}/s` : "";
  if (totalBytes === null || totalBytes === 0) return `${title}  ${formatBytes(bytes)}${rate}`;
  const part = Math.min(1, bytes / totalBytes);
  const filled = Math.round(part * barWidth);
  const bar = `[${"#".repeat(filled)}${".".repeat(barWidth - filled)}]`;
  return `${title}  ${bar} ${String(Math.floor(part * 100)).padStart(3)} %  ${formatBytes(bytes)} of ${formatBytes(totalBytes)}${rate}`;
}
