import { extname } from "node:path/posix";
import { parseContentRange, parseUnsatisfiedRange } from "./content-range.ts";
import type { Validator } from "./download-record.ts";

/** What was asked for and what is known of the file. */
export interface DownloadRequestFacts {
  /** Bytes of the file that are here; a Range was sent if more than 0. */
  offset: number;
  /** As the first answer told. */
  totalBytes: number | undefined;
  validator: Validator | undefined;
  expectedBytes: number | undefined;
  maxBytes: number;
  requireLength: boolean;
  /** Names that say what kind of file it should be: of the URL and of the target. */
  names: readonly string[];
}

/** What to do with the answer to a download's request. */
export type DownloadVerdict =
  /** Its body goes to `start`; the whole file has `totalBytes`, this body reaches to `end` (exclusive). */
  | { take: "body"; start: number; totalBytes: number | undefined; end: number | undefined }
  /** There is nothing more to come. */
  | { take: "nothing" }
  /** What is here cannot be joined with what the server has: ask again for the whole. */
  | { take: "start-over"; why: string }
  /** It says no: the status tells what. */
  | { take: "refusal" }
  /** It says yes and gives something that cannot be the file. */
  | { take: "wrong"; code: string; why: string };

/** Decides what an answer is worth; nothing is ever joined to bytes of another version. */
export function judgeDownloadAnswer(
  status: number,
  headers: Record<string, string>,
  facts: DownloadRequestFacts,
): DownloadVerdict {
  if (status === 416 && facts.offset > 0) return judgeUnsatisfied(headers, facts);
  if (status !== 200 && status !== 206) {
    if (status < 200 || status >= 300) return { take: "refusal" };
    return { take: "wrong", code: "content-missing", why: `the answer ${status} brings no file` };
  }
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "";
  // Lengths and ranges of an encoded body count other bytes than those of the file.
  if (encoding !== "" && encoding !== "identity") {
    return {
      take: "wrong",
      code: "content-encoded",
      why: `it came encoded as ${encoding}, which was refused in advance`,
    };
  }
  const wrongType = wrongContentType(headers["content-type"], facts.names);
  if (wrongType !== undefined) {
    return { take: "wrong", code: "unexpected-content", why: `a ${wrongType} document came instead of the file` };
  }
  return status === 206 ? judgePart(headers, facts) : judgeWhole(headers, facts);
}

function judgeUnsatisfied(headers: Record<string, string>, facts: DownloadRequestFacts): DownloadVerdict {
  const total = parseUnsatisfiedRange(headers["content-range"]);
  const sameEtag = headers.etag === undefined || headers.etag === facts.validator?.etag;
  const complete = total === facts.offset && sameEtag && (facts.totalBytes ?? total) === total;
  return complete
    ? { take: "nothing" }
    : { take: "start-over", why: "the server has no bytes after those that are here" };
}

function judgePart(headers: Record<string, string>, facts: DownloadRequestFacts): DownloadVerdict {
  if (facts.offset === 0)
    return { take: "wrong", code: "range-unexpected", why: "a part came although the whole was asked for" };
  const range = parseContentRange(headers["content-range"]);
  if (range === undefined) return { take: "start-over", why: "the part that came does not say which it is" };
  if (range.start !== facts.offset)
    return { take: "start-over", why: `the part begins at ${range.start} instead of ${facts.offset}` };
  if (range.total === undefined || range.total !== facts.totalBytes) {
    return {
      take: "start-over",
      why: `the file has ${range.total ?? "an unknown number of"} bytes now, ${facts.totalBytes} before`,
    };
  }
  if (facts.validator?.etag !== undefined && headers.etag !== undefined && headers.etag !== facts.validator.etag) {
    return { take: "start-over", why: "the file has changed" };
  }
  const length = lengthOf(headers);
  if (length !== undefined && length !== range.end - range.start + 1) {
    return { take: "start-over", why: "the part's length and its place in the file disagree" };
  }
  return { take: "body", start: range.start, totalBytes: range.total, end: range.end + 1 };
}

function judgeWhole(headers: Record<string, string>, facts: DownloadRequestFacts): DownloadVerdict {
  const length = lengthOf(headers);
  if (length === undefined) {
    // A body without a length ends when the connection does, and nobody can tell a cut from the end (plan §0.3).
    if (facts.requireLength)
      return { take: "wrong", code: "length-missing", why: "the server does not say how long the file is" };
    return { take: "body", start: 0, totalBytes: facts.expectedBytes, end: facts.expectedBytes };
  }
  if (length > facts.maxBytes) {
    return { take: "wrong", code: "file-too-large", why: `it has ${length} bytes, and ${facts.maxBytes} are allowed` };
  }
  if (facts.expectedBytes !== undefined && facts.expectedBytes !== length) {
    return {
      take: "wrong",
      code: "length-unexpected",
      why: `it has ${length} bytes, and ${facts.expectedBytes} were expected`,
    };
  }
  return { take: "body", start: 0, totalBytes: length, end: length };
}

/** Chunked bodies have none, whatever else is said. */
function lengthOf(headers: Record<string, string>): number | undefined {
  const text = headers["content-length"];
  return text !== undefined && /^\d{1,15}$/.test(text) && headers["transfer-encoding"] === undefined
    ? Number(text)
    : undefined;
}

/** Documents that servers send in place of a file, with the endings of files that they may truly be. */
const documentTypes: Record<string, RegExp> = {
  "text/html": /^\.x?html?$/,
  "application/xhtml+xml": /^\.x?html?$/,
  "application/json": /^\.(json|gltf|geojson|map)$/,
  "application/problem+json": /^\.json$/,
  "text/xml": /^\.(xml|x3d|dae|svg)$/,
  "application/xml": /^\.(xml|x3d|dae|svg)$/,
};

function wrongContentType(value: string | undefined, names: readonly string[]): string | undefined {
  const type = value?.split(";")[0]?.trim().toLowerCase() ?? "";
  const endings = documentTypes[type];
  if (endings === undefined || names.some((name) => endings.test(extname(name).toLowerCase()))) return undefined;
  return type;
}

/** True for bytes that begin like a web page, whatever the headers said. */
export function beginsLikeWebPage(start: Buffer, names: readonly string[]): boolean {
  if (names.some((name) => /^\.x?html?$/.test(extname(name).toLowerCase()))) return false;
  return /^(\ufeff)?\s*<(!doctype\s+html|html)\b/i.test(start.toString("utf8"));
}
