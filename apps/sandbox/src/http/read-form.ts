import { createHash } from "node:crypto";
import type { Readable } from "node:stream";

/** A part of a form: a text, or a file of which only size and sums are kept. */
export type FormPart =
  | { kind: "field"; name: string; value: string }
  | {
      kind: "file";
      name: string;
      /** Undefined where a part counts as a file by its name alone. */
      filename: string | undefined;
      contentType: string | undefined;
      bytes: number;
      /** Hexadecimal. */
      sha256: string;
      md5: string;
    };

/** A `multipart/form-data` body as it came: its parts in order, or how far it could be read. */
export interface ReceivedForm {
  parts: FormPart[];
  /** Bytes of the body before the first file's content; the whole body's where there is no file. */
  bytesBeforeFile: number;
  /** Why the body is no well-formed form; undefined where it is. */
  problem: string | undefined;
}

const maxHeaderBytes = 16 * 1024;
const maxFieldBytes = 4 * 1024 * 1024;

/** The boundary of a `multipart/form-data` content type; undefined for other types and where it is missing. */
export function formBoundary(contentType: string | undefined): string | undefined {
  if (contentType === undefined || !/^multipart\/form-data\b/i.test(contentType)) return undefined;
  const match = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}

/**
 * Reads a form as it arrives. Files are counted and summed, never kept, so that an upload of any size needs no memory.
 * A part is a file when it has a file name or is called `file`, as in S3's forms.
 */
export async function readForm(stream: Readable | AsyncIterable<Buffer>, boundary: string): Promise<ReceivedForm> {
  const parser = createFormParser(boundary);
  for await (const chunk of stream) parser.push(chunk as Buffer);
  return parser.end();
}

interface OpenPart {
  name: string;
  filename: string | undefined;
  contentType: string | undefined;
  isFile: boolean;
  take(bytes: Buffer): void;
  close(): FormPart;
}

function createFormParser(boundary: string) {
  const delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
  const parts: FormPart[] = [];
  let state: "preamble" | "delimiter" | "headers" | "content" | "done" | "broken" = "preamble";
  let problem: string | undefined;
  // The first delimiter may stand at the very beginning, without a line break before it.
  let pending: Buffer = Buffer.from("\r\n");
  let received = 0;
  let bytesBeforeFile: number | undefined;
  let open: OpenPart | undefined;
  const fail = (reason: string) => {
    problem = reason;
    state = "broken";
  };

  const step = (): boolean => {
    if (state === "preamble" || state === "content") {
      const at = pending.indexOf(delimiter);
      const end = at === -1 ? Math.max(0, pending.length - delimiter.length + 1) : at;
      if (state === "content") open?.take(pending.subarray(0, end));
      if (at === -1) {
        pending = pending.subarray(end);
        return false;
      }
      if (open !== undefined) parts.push(open.close());
      open = undefined;
      pending = pending.subarray(at + delimiter.length);
      state = "delimiter";
      return true;
    }
    if (state === "delimiter") {
      const text = pending.subarray(0, 200).toString("latin1");
      if (text.startsWith("--")) {
        state = "done";
        return false;
      }
      const lineEnd = /^[ \t]*\r\n/.exec(text)?.[0];
      if (lineEnd !== undefined) {
        pending = pending.subarray(lineEnd.length);
        state = "headers";
        return true;
      }
      if (!/^(?:-|[ \t]*\r?)$/.test(text)) fail("Behind a boundary there is neither a line break nor the end.");
      return false;
    }
    if (state === "headers") {
      const end = pending.indexOf("\r\n\r\n");
      if (end === -1) {
        if (pending.length > maxHeaderBytes) fail("The headers of a part are too long.");
        return false;
      }
      const part = openPart(pending.subarray(0, end).toString("utf8"), fail);
      if (part === undefined) return false;
      open = part;
      // The line break behind the headers may also begin the delimiter of a part without content.
      pending = pending.subarray(end + 2);
      if (!pending.subarray(0, delimiter.length).equals(delimiter)) pending = pending.subarray(2);
      if (part.isFile) bytesBeforeFile ??= received - pending.length;
      state = "content";
      return true;
    }
    return false;
  };

  return {
    push(chunk: Buffer): void {
      received += chunk.length;
      if (state === "done" || state === "broken") return;
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      while (step());
    },
    end(): ReceivedForm {
      if (state !== "done" && state !== "broken") fail("The body ends before the closing boundary.");
      return { parts, bytesBeforeFile: bytesBeforeFile ?? received, problem };
    },
  };
}

function openPart(headerText: string, fail: (reason: string) => void): OpenPart | undefined {
  const headers = new Map(
    headerText.split("\r\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const disposition = headers.get("content-disposition") ?? "";
  const name = parameterOf(disposition, "name");
  if (!/^form-data\b/i.test(disposition) || name === undefined) {
    fail("A part has no Content-Disposition with a name.");
    return undefined;
  }
  const filename = parameterOf(disposition, "filename");
  const contentType = headers.get("content-type");
  const isFile = filename !== undefined || name === "file";
  if (isFile) {
    const [sha256, md5] = [createHash("sha256"), createHash("md5")];
    let bytes = 0;
    return {
      name,
      filename,
      contentType,
      isFile,
      take(chunk) {
        bytes += chunk.length;
        sha256.update(chunk);
        md5.update(chunk);
      },
      close: () => ({
        kind: "file",
        name,
        filename,
        contentType,
        bytes,
        sha256: sha256.digest("hex"),
        md5: md5.digest("hex"),
      }),
    };
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    name,
    filename,
    contentType,
    isFile,
    take(chunk) {
      bytes += chunk.length;
      if (bytes > maxFieldBytes) fail(`The field ${name} is longer than ${maxFieldBytes} bytes.`);
      // A copy, since a view would keep the whole chunk it was cut from.
      else chunks.push(Buffer.from(chunk));
    },
    close: () => ({ kind: "field", name, value: Buffer.concat(chunks).toString("utf8") }),
  };
}

/** A parameter of a disposition, with the escapes that browsers and Node write inside quotes undone. */
function parameterOf(disposition: string, parameter: string): string | undefined {
  const match = new RegExp(`;\\s*${parameter}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, "i").exec(disposition);
  const value = match?.[1] ?? match?.[2];
  return value?.replace(/%22/g, '"').replace(/%0D/gi, "\r").replace(/%0A/gi, "\n");
}
