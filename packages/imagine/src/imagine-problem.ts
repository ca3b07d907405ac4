import { createSecretScrubber, looksLikeHtml, type RefusedAnswer, readableText } from "@org/http-core";
import { countOf, isRecord } from "./json-values.ts";

/** What a refusal says, whichever of the service's shapes it came in. */
export interface Problem {
  /** For people; empty where there is none. */
  readonly message: string;
  /** What is wrong with which field, nested ones as `products.sku_id`; empty where the service names none. */
  readonly fieldErrors: Record<string, string[]>;
  /** `api_hits_available`, where the answer tells. */
  readonly creditsLeft: number | null;
  /** The body was a page, as firewalls and web servers send, and not an answer of the API. */
  readonly isPage: boolean;
}

/** More is told by nobody, and an answer may be made to be endless. */
const deepest = 8;
const mostFields = 50;

/**
 * Reads a refusal: `{status, data, message}` where the message is a text, texts per field or nested; `{error}` of a
 * refused key; `{detail}` and `{field: [...]}` of the framework below; a bare text; or a page. Never throws.
 */
export function readProblem(
  answer: Pick<RefusedAnswer, "text" | "json">,
  /** Known secrets go before a text is cut, or half of one could stay. */
  secrets: readonly string[] = [],
): Problem {
  const scrub = createSecretScrubber(secrets);
  const { json } = answer;
  const fields = new Map<string, string[]>();
  const said: string[] = [];

  function collect(value: unknown, path: string, depth: number): void {
    if (depth > deepest || fields.size >= mostFields) return;
    if (typeof value === "string" || typeof value === "number") {
      const text = readableText(scrub(String(value)));
      if (text === "") return;
      if (path === "") said.push(text);
      else fields.set(path, [...(fields.get(path) ?? []), text]);
    } else if (Array.isArray(value)) {
      for (const [index, one] of value.slice(0, mostFields).entries()) {
        // Texts belong to the list's field, objects to their own place in it.
        collect(one, typeof one === "object" && path !== "" ? `${path}.${index}` : path, depth + 1);
      }
    } else if (isRecord(value)) {
      for (const [name, one] of Object.entries(value)) {
        const isGeneral = /^(?:non_field_errors|detail|message|error)$/.test(name);
        collect(one, isGeneral ? path : path === "" ? name : `${path}.${name}`, depth + 1);
      }
    }
  }

  if (isRecord(json)) {
    const { status: _status, data: _data, api_hits_available: _hits, ...rest } = json;
    const hasEnvelope = [json.message, json.error, json.detail].some((one) => one !== undefined && one !== null);
    collect(hasEnvelope ? [json.message, json.error, json.detail] : rest, "", 0);
  } else if (json !== undefined) {
    collect(json, "", 0);
  } else {
    collect(answer.text, "", 0);
  }
  return {
    message: [...new Set(said)].join(" "),
    fieldErrors: Object.fromEntries(fields),
    creditsLeft: isRecord(json) ? countOf(json.api_hits_available) : null,
    isPage: json === undefined && looksLikeHtml(answer.text),
  };
}

/** True for an accepted answer that says no inside: `status: false`, or an `error` where the content should be. */
export function isRefusalInside(data: unknown): boolean {
  if (!isRecord(data)) return false;
  if (data.status === false || (typeof data.status === "string" && /^(?:false|error|failed)$/i.test(data.status))) {
    return true;
  }
  const says = (value: unknown) => value !== undefined && value !== null && value !== false && value !== "";
  return says(data.error) && data.data === undefined && data.results === undefined && data.unicode === undefined;
}
