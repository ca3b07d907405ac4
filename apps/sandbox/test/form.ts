import type { Asking } from "./ask.ts";

/** A text, or a file with a name. */
export type Part = [name: string, value: string] | [name: string, value: Buffer | string, filename: string];

/** A form with its parts in exactly this order, written by hand so that wrong ones can be written too. */
export function formOf(
  parts: readonly Part[],
  boundary = "boundary-of-the-test",
): Required<Pick<Asking, "body">> & { headers: Record<string, string> } {
  const chunks = parts.map(([name, value, filename]) => {
    const file = filename === undefined ? "" : `; filename="${filename}"\r\nContent-Type: application/octet-stream`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), Buffer.from(value), Buffer.from("\r\n")]);
  });
  const body = Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
  return { body, headers: { "content-type": `multipart/form-data; boundary=${boundary}` } };
}
