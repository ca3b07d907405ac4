import type { Sandbox } from "../src/index.ts";
import { ask } from "./ask.ts";

/** An answer of the Asset API; `value` is undefined where the body is no JSON. */
export interface AssetApiAnswer {
  status: number | undefined;
  headers: Record<string, string | undefined>;
  bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into answers of every shape
  value: any;
}

export interface AssetApiAsking {
  /** Header to value; the API key unless given. */
  as?: Record<string, string>;
  json?: unknown;
  body?: string | Buffer;
  contentType?: string;
}

/** One call of the Asset API, for example `call(sandbox, "GET /users?limit=5")`. */
export async function call(sandbox: Sandbox, what: string, asking: AssetApiAsking = {}): Promise<AssetApiAnswer> {
  const [method = "GET", path = "/"] = what.split(" ");
  const { as = { api_key: sandbox.threeDVerse.credentials().apiKey }, json, body } = asking;
  const contentType = asking.contentType ?? (json === undefined ? null : "application/json");
  const sent = json === undefined ? body : JSON.stringify(json);
  const answer = await ask(`${sandbox.origins["3dverse"]}/app/v1${path}`, {
    method,
    headers: {
      "user-agent": null,
      "accept-encoding": null,
      "content-type": contentType,
      // Node sends no length of its own with DELETE.
      "content-length": sent === undefined ? null : String(Buffer.byteLength(sent)),
      ...as,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  let value: unknown;
  try {
    value = JSON.parse(answer.bytes.toString("utf8"));
  } catch {
    value = undefined;
  }
  return { ...answer, value };
}

/** A form with the files, as a client writes it. */
export function formOf(
  files: Record<string, string>,
  fieldName = "file",
): Required<Pick<AssetApiAsking, "body" | "contentType">> {
  const parts = Object.entries(files).map(
    ([name, content]) =>
      `--sandboxform\r\nContent-Disposition: form-data; name="${fieldName}"; filename="${name}"\r\n` +
      `Content-Type: application/octet-stream\r\n\r\n${content}\r\n`,
  );
  return { body: `${parts.join("")}--sandboxform--\r\n`, contentType: "multipart/form-data; boundary=sandboxform" };
}
