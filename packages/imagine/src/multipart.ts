import { randomBytes } from "node:crypto";

/** A file of a form whose length is known before it is read. */
export interface MultipartFile {
  readonly field: string;
  readonly name: string;
  readonly bytes: number;
  open(): AsyncIterable<Uint8Array>;
}

/** A `multipart/form-data` body of known length. */
export interface Multipart {
  readonly headers: { readonly "content-type": string; readonly "content-length": string };
  /** Everything before the file's own bytes; without a file, the whole body. */
  readonly head: Buffer;
  /** What follows the file's bytes; empty without a file. */
  readonly tail: Buffer;
}

/** Composes a form: fields in the given order, the file last. Nothing of the file is read here. */
export function composeMultipart(parts: {
  fields: readonly (readonly [name: string, value: string])[];
  file?: Pick<MultipartFile, "field" | "name" | "bytes">;
}): Multipart {
  const { file } = parts;
  // 144 random bits: no file holds them by chance.
  const boundary = `form-${randomBytes(18).toString("base64url")}`;
  const fields = parts.fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"\r\n\r\n${value}\r\n`,
  );
  const end = `--${boundary}--\r\n`;
  const fileHead =
    file === undefined
      ? end
      : `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(file.field)}"; filename="${escaped(file.name)}"\r\n` +
        "Content-Type: application/octet-stream\r\n\r\n";
  const head = Buffer.from(fields.join("") + fileHead);
  const tail = Buffer.from(file === undefined ? "" : `\r\n${end}`);
  const bytes = head.length + (file?.bytes ?? 0) + tail.length;
  return {
    headers: { "content-type": `multipart/form-data; boundary=${boundary}`, "content-length": String(bytes) },
    head,
    tail,
  };
}

/** As browsers write names (WHATWG HTML, "multipart/form-data encoding algorithm"). */
function escaped(name: string): string {
  return name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}
