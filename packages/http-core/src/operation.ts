import type { z } from "zod";
import type { ApiErrorDetails } from "./api-error.ts";
import type { Repeat } from "./http-settings.ts";

/** Values of a query; `undefined` leaves the parameter out, an array repeats it. */
export type Query = Record<string, string | number | boolean | undefined | readonly (string | number)[]>;

/** One call of a provider's API. At most one of `json`, `form` and `body`. */
export interface Operation {
  /** `iMeshh getStatus`: for errors and logs. */
  name: string;
  method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the client's origin, beginning with a slash; already percent-encoded. */
  path: string;
  query?: Query | undefined;
  headers?: Record<string, string> | undefined;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  form?: Record<string, string> | undefined;
  /** Sent as it is; say the content type in `headers` (a `FormData` brings its own). */
  body?: string | Uint8Array | FormData | undefined;
  repeat: Repeat;
  /** Send the client's `credentialHeaders`. Default false. */
  credentials?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** The longest answer accepted, counted after decoding. Default 20 MB. */
  maxBytes?: number | undefined;
  /** Turns the provider's refusal (any status from 400) into our words. What it leaves out keeps its default. */
  refusal?: ((answer: RefusedAnswer) => RefusalDetails) | undefined;
}

/** An operation whose answer is JSON of a known shape. */
export interface JsonOperation<T> extends Operation {
  schema: z.ZodType<T>;
}

/** Any of the error's details; one left out or `undefined` keeps its default. */
export type RefusalDetails = { [Name in keyof ApiErrorDetails]?: ApiErrorDetails[Name] | undefined };

/** What a `refusal` gets to see. Not redacted: nothing of it may be printed as it is. */
export interface RefusedAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** The text parsed, where it was JSON. */
  json?: unknown;
}

/** An accepted answer (2xx). */
export interface HttpAnswer {
  status: number;
  /** Names in lower case; repeated ones joined with `, `. */
  headers: Record<string, string>;
  /** The body after decoding (Content-Encoding, and gzip by its magic bytes). */
  bytes: Buffer;
}

export interface TextAnswer extends HttpAnswer {
  /** The body as UTF-8 without a byte order mark. */
  text: string;
}

export interface JsonAnswer<T> {
  data: T;
  status: number;
  headers: Record<string, string>;
  /** The decoded text that `data` was made from. */
  raw: string;
}

/** 20 MB after decoding: reliability plan §5.2. */
export const defaultMaxAnswerBytes = 20_000_000;
