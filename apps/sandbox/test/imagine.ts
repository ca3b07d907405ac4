import type { Sandbox } from "../src/index.ts";
import { type Answer, type Asking, ask, jsonOf } from "./ask.ts";
import { formOf, type Part } from "./form.ts";

export interface UploadForm {
  url: string;
  fields: Record<string, string>;
}

export interface CreatedProduct {
  unicode: string;
  upload_status: string;
  presigned_url_prop_user_file: UploadForm;
  presigned_url_thumbnail: UploadForm | null;
}

/** Calls Imagine with the secret key and the registered domain; headers of the call replace them. */
export function askImagine(sandbox: Sandbox, path: string, asking: Asking = {}): Promise<Answer> {
  const { secretKey, domain } = sandbox.imagine.credentials();
  return ask(`${sandbox.origins.imagine}${path}`, {
    ...asking,
    headers: { authorization: `Imagine-key ${secretKey}`, origin: domain, ...asking.headers },
  });
}

/** The same with the public key. */
export function readImagine(sandbox: Sandbox, path: string): Promise<Answer> {
  return askImagine(sandbox, path, {
    headers: { authorization: `Imagine-key ${sandbox.imagine.credentials().publicKey}` },
  });
}

export function sendJson(sandbox: Sandbox, method: string, path: string, value: unknown): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  return askImagine(sandbox, path, { method, headers, body: JSON.stringify(value) });
}

export function sendForm(
  sandbox: Sandbox,
  method: string,
  path: string,
  fields: Record<string, string>,
): Promise<Answer> {
  return askImagine(sandbox, path, { method, ...formOf(Object.entries(fields)) });
}

/** Creates a product and gives what was answered; the test fails where it is refused. */
export async function createProduct(sandbox: Sandbox, fields: Record<string, string> = {}): Promise<CreatedProduct> {
  const answer = await sendForm(sandbox, "POST", "/v1/product/details/", {
    prop_data_user_file_name: "chair.glb",
    ...fields,
  });
  if (answer.status !== 201) throw new Error(`Imagine refused: ${answer.status} ${answer.bytes}`);
  return (jsonOf(answer) as { data: CreatedProduct }).data;
}

/** The parts of an upload, in the order of its form. */
export function uploadParts(form: UploadForm, content: Buffer | string = "glTF of the test"): Part[] {
  return [...Object.entries(form.fields), ["file", content, "chair.glb"]];
}

/** Posts parts to the bucket. */
export function upload(sandbox: Sandbox, parts: readonly Part[], headers: Asking["headers"] = {}): Promise<Answer> {
  const form = formOf(parts);
  return ask(`${sandbox.origins.imagineS3}/`, {
    method: "POST",
    body: form.body,
    headers: { "user-agent": null, "accept-encoding": null, ...form.headers, ...headers },
  });
}

/** What an answer of the bucket names as its code. */
export function codeOf(answer: Answer): string | undefined {
  return /<Code>(\w+)<\/Code>/.exec(answer.bytes.toString())?.[1];
}
