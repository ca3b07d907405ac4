import { randomBytes } from "node:crypto";
import type { OpenedSource } from "./file-source.ts";
import type { StreamedBody } from "./transport/request-body.ts";

/** One part of a form. */
export type FormPart =
  | { readonly fieldName: string; readonly file: OpenedSource }
  | { readonly fieldName: string; readonly text: string };

/** Composes a `multipart/form-data` body that is made while it is sent; its length is known when every part's is. */
export function composeMultipart(parts: readonly FormPart[]): { contentType: string; body: StreamedBody } {
  const boundary = `----3dverse-${randomBytes(18).toString("hex")}`;
  const framed = parts.map((part) => ({ part, head: Buffer.from(headOf(boundary, part)) }));
  const tail = Buffer.from(`--${boundary}--\r\n`);
  const lineEnd = Buffer.from("\r\n");
  const lengths = framed.map(({ part, head }) => {
    const length = "file" in part ? part.file.totalBytes : Buffer.byteLength(part.text);
    return length === undefined ? Number.NaN : head.length + length + lineEnd.length;
  });
  const sum = lengths.reduce((total, length) => total + length, tail.length);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: {
      totalBytes: Number.isNaN(sum) ? undefined : sum,
      async *chunks() {
        for (const { part, head } of framed) {
          yield head;
          if ("file" in part) yield* part.file.chunks();
          else yield Buffer.from(part.text);
          yield lineEnd;
        }
        yield tail;
      },
    },
  };
}

function headOf(boundary: string, part: FormPart): string {
  const name = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(part.fieldName)}"`;
  if (!("file" in part)) return `${name}\r\n\r\n`;
  return `${name}; filename="${quoted(part.file.name)}"\r\nContent-Type: ${part.file.contentType.replace(/[\r\n]/g, "")}\r\n\r\n`;
}

/** As browsers do (HTML standard, "multipart/form-data encoding algorithm"). */
function quoted(text: string): string {
  return text.replace(/\r\n|\r|\n/g, "%0D%0A").replaceAll('"', "%22");
}
