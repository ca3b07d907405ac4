import { ApiError, type HttpClient, type HttpLogger } from "@org/http-core";
import { z } from "zod";
import type { Auth } from "./auth.ts";
import { doubtfulTotalBytes, type ImageInput, openImages } from "./images.ts";
import { isRecord, textOrNull } from "./json-values.ts";
import { processOperation, readProblem, refusalOf, renamed, throwErrorInside } from "./kaedim-error.ts";
import { composeMultipart } from "./multipart.ts";
import { checkProcess, type ProcessSettings, type WireFields } from "./process-fields.ts";
import type { Session } from "./session.ts";

/** 1 to 6 images, as addresses or as files. */
export type ProcessOptions = ProcessSettings & {
  signal?: AbortSignal | undefined;
} & (
    | {
        /** Addresses that Kaedim can reach. */
        imageUrls: readonly string[];
        images?: undefined;
      }
    | { images: readonly ImageInput[]; imageUrls?: undefined }
  );

/** A request that Kaedim has taken. */
export interface ProcessedRequest {
  /** Keep it: it is what the credits have bought. */
  readonly requestId: string;
  readonly devId: string | null;
  readonly message: string;
  /** What may be wrong although it was sent. */
  readonly warnings: readonly string[];
}

/**
 * How addresses are sent. The document shows a JSON body (under a header that says multipart, which cannot work);
 * Kaedim's own programs send a form, with a part for each address or with a JSON list as text.
 */
export type ImageUrlForm = "json" | "parts" | "list-part";

export interface ProcessParts {
  readonly api: HttpClient;
  readonly auth: Auth;
  readonly session: Session;
  readonly devId: string;
  readonly studioId: string | undefined;
  readonly imagePartName: (index: number) => string;
  readonly imageUrlForm: ImageUrlForm;
  readonly logger: HttpLogger | undefined;
}

/**
 * Sends images to be made into a model. **It spends credits** (`processCosts`). Everything that can be checked is checked
 * before a byte is sent. It is sent once, whatever happens, for Kaedim knows no idempotency key; only after a refusal of
 * the JWT, which comes before anything is counted, the same request follows with another one. `spendOutcome` tells what
 * a failure cost, `findLostRequest` looks for a request whose answer was lost.
 */
export async function processImages(parts: ProcessParts, options: ProcessOptions): Promise<ProcessedRequest> {
  const { api, auth, session } = parts;
  const { signal } = options;
  const fields = checkProcess(options, parts);
  let changed: string | undefined;
  const { compose, warnings } = await prepareBody(parts, options, fields, (name) => {
    changed = name;
  });
  for (const warning of warnings) parts.logger?.warn({ operation: processOperation }, warning);
  const subject = "the request for a model";
  const answer = auth.withSignIn((headers) => {
    const content = compose();
    return api.requestJson({
      name: processOperation,
      method: "POST",
      path: "/process",
      ...content,
      headers: { ...content.headers, ...headers },
      repeat: "spends",
      schema: z.unknown(),
      signal,
      refusal: refusalOf("process", subject),
    });
  }, signal);
  const { data, status } = await answer.catch((error: unknown) => {
    if (changed === undefined || !ApiError.isInstance(error)) throw error;
    const advice = `${changed} changed while it was being sent, so the request broke off before it was whole.`;
    throw renamed(error, { code: "image-changed", advice });
  });
  const request = { operation: processOperation, method: "POST", url: `${api.origin}/process` };
  throwErrorInside({ data, status }, { asked: "process", subject, request, secrets: session.secrets() });
  const requestId = isRecord(data) ? textOrNull.parse(data.requestID) : null;
  if (requestId === null) {
    throw new ApiError({
      kind: "unexpected-shape",
      code: "request-id-missing",
      message:
        "Kaedim's answer holds no requestID. It may have taken the request all the same; look with findLostRequest.",
      status,
      request,
      secrets: session.secrets(),
    });
  }
  return {
    requestId,
    devId: isRecord(data) ? textOrNull.parse(data.devID) : null,
    message: readProblem({ text: "", json: data }).message,
    warnings,
  };
}

interface Content {
  json?: unknown;
  body?: Uint8Array;
  headers?: Record<string, string>;
}

/** Makes what makes the body: a request that follows a refused JWT needs one from the beginning. */
async function prepareBody(
  parts: ProcessParts,
  options: ProcessOptions,
  fields: WireFields,
  onChanged: (name: string) => void,
): Promise<{ compose: () => Content; warnings: string[] }> {
  const texts = Object.entries(fields).map(([name, value]) => [name, String(value)] as const);
  const { imageUrls, images, signal } = options;
  if (imageUrls !== undefined) {
    const body = { ...fields, imageUrls };
    if (parts.imageUrlForm === "json") return { compose: () => ({ json: body }), warnings: [] };
    const addresses =
      parts.imageUrlForm === "parts"
        ? imageUrls.map((url) => ["imageUrls", url] as const)
        : [["imageUrls", JSON.stringify(imageUrls)] as const];
    return { compose: () => formOf(composeMultipart({ fields: [...texts, ...addresses], files: [] })), warnings: [] };
  }
  const files = await openImages(images, { partName: parts.imagePartName, signal });
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const warnings: string[] = [];
  if (totalBytes > doubtfulTotalBytes) {
    warnings.push(
      `The images have ${totalBytes} bytes together; Kaedim's own upload screen takes 5 MB in all, its document 5 MB each.`,
    );
  }
  for (const file of files) {
    if (!/^image\/(?:png|jpeg)$/.test(file.contentType)) {
      warnings.push(`${file.name} is neither PNG nor JPEG, which is all that Kaedim's own screens take.`);
    }
  }
  return { compose: () => formOf(composeMultipart({ fields: texts, files, onChanged })), warnings };
}

function formOf(form: ReturnType<typeof composeMultipart>): Content {
  // http-core hands a body on as it is, and got streams what can be iterated; only the declared type is narrower.
  return { body: form.open() as unknown as Uint8Array, headers: { ...form.headers } };
}
