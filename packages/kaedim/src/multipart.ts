import { randomBytes } from "node:crypto";

/** A file of a form whose length is known before it is read. */
export interface MultipartFile {
  readonly field: string;
  readonly name: string;
  readonly contentType: string;
  readonly bytes: number;
  open(): AsyncIterable<Uint8Array>;
}

/** A `multipart/form-data` body of known length. */
export interface Multipart {
  readonly headers: { readonly "content-type": string; readonly "content-length": string };
  /** Streams the body from its beginning; may be called again for another request. */
  open(): AsyncGenerator<Uint8Array>;
}

/**
 * Composes a form: text fields first, files after them, nothing held in memory. Node's own FormData would go out without
 * a length, chunked, which some servers in front of an API refuse.
 */
export function composeMultipart(parts: {
  fields: readonly (readonly [name: string, value: string])[];
  files: readonly MultipartFile[];
  /** Told which file has another length than it had when the form was composed, before the body breaks off. */
  onChanged?: ((name: string) => void) | undefined;
}): Multipart {
  // 144 random bits: no file holds them by chance.
  const boundary = `form-${randomBytes(18).toString("base64url")}`;
  const fields = parts.fields.map(([name, value]) =>
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"\r\n\r\n${value}\r\n`),
  );
  const files = parts.files.map((file) => ({
    file,
    head: Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(file.field)}"; filename="${escaped(file.name)}"\r\n` +
        `Content-Type: ${file.contentType}\r\n\r\n`,
    ),
  }));
  const end = Buffer.from(`--${boundary}--\r\n`);
  const lineEnd = Buffer.from("\r\n");
  const bytes =
    fields.reduce((sum, field) => sum + field.length, 0) +
    files.reduce((sum, { file, head }) => sum + head.length + file.bytes + lineEnd.length, 0) +
    end.length;
  return {
    headers: { "content-type": `multipart/form-data; boundary=${boundary}`, "content-length": String(bytes) },
    async *open() {
      yield* fields;
      for (const { file, head } of files) {
        yield head;
        let sent = 0;
        for await (const chunk of file.open()) {
          sent += chunk.byteLength;
          if (sent > file.bytes) break;
          yield chunk;
        }
        // Ends the request before it is whole, so that the server cannot act on it.
        if (sent !== file.bytes) {
          parts.onChanged?.(file.name);
          throw new Error(`${file.name} changed while it was being sent`);
        }
        yield lineEnd;
      }
      yield end;
    },
  };
}

/** As browsers write names (WHATWG HTML, "multipart/form-data encoding algorithm"). */
function escaped(name: string): string {
  return name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}
