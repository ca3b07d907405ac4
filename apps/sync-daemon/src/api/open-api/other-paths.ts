import { publishedEventSchema } from "../contract/activity.ts";
import { healthSchema } from "../contract/api-file.ts";
import type { otherRoutes } from "../contract/operations.ts";
import { pageCodeSchema, pageLandingSchema, pageSessionRequestSchema, pageSessionSchema } from "../contract/page.ts";
import type { JsonSchema, JsonSchemas } from "./json-schemas.ts";

/** What stands in the document about a route that is no operation of the table, without its problems. */
export interface OtherOperation {
  readonly tag: "daemon" | "activity" | "page" | "products";
  readonly summary: string;
  readonly description?: string;
  readonly isOpenToAll?: true;
  readonly parameters?: readonly JsonSchema[];
  readonly body?: JsonSchema;
  readonly contentType: string;
  readonly answer: JsonSchema;
}

const json = "application/json";
const text: JsonSchema = { type: "string" };

/** Every other route, by its name: one that is missing here does not compile. */
export function describeOtherRoutes(schemas: JsonSchemas): Readonly<Record<keyof typeof otherRoutes, OtherOperation>> {
  return {
    health: {
      tag: "daemon",
      summary: "Whether the daemon answers; with a nonce, that it knows the token.",
      description:
        "Before a program sends its token it can let the daemon prove itself: `proof` is HMAC-SHA256 of the nonce under the token, in hex.",
      isOpenToAll: true,
      parameters: [
        { name: "nonce", in: "query", required: false, schema: { type: "string", pattern: "^[\\w-]{16,200}$" } },
      ],
      contentType: json,
      answer: schemas.refer("Health", healthSchema, "output"),
    },
    metrics: {
      tag: "daemon",
      summary: "Counts and measures for Prometheus.",
      contentType: "text/plain",
      answer: text,
    },
    openApi: {
      tag: "daemon",
      summary: "This document.",
      contentType: json,
      answer: { type: "object" },
    },
    events: {
      tag: "activity",
      summary: "What happens, as server-sent events, until the caller closes the connection.",
      description:
        "Each event's `id` is larger than the one before, also over a restart; `event` is its type and `data` one JSON document, the schema `Event`. With `Last-Event-ID` those that came after it are sent first; 0 asks for all that are kept, the last thousand. An `events-lost` says that some are no longer kept: ask for the state itself then. Progress of transfers is sent and not kept. A line that begins with a colon comes every 15 seconds.",
      parameters: [
        { name: "Last-Event-ID", in: "header", required: false, schema: { type: "string", pattern: "^\\d{1,15}$" } },
      ],
      contentType: "text/event-stream",
      answer: { ...text, "x-event": schemas.refer("Event", publishedEventSchema, "output") },
    },
    picture: {
      tag: "products",
      summary: "A picture of a product, from the daemon's cache or fetched through it.",
      description:
        "A page shows it with its cookie and, as `key`, its picture key. `revision` is the product's: with it the answer may be kept for good. PNG, JPEG, WebP, GIF or AVIF. 204: the shop names one, and it cannot be had for a while. 503: it is on its way, ask again. 404: there is none.",
      parameters: [
        { name: "id", in: "path", required: true, schema: { type: "integer" } },
        { name: "index", in: "path", required: true, schema: { type: "integer", minimum: 0 } },
        { name: "size", in: "path", required: true, schema: { enum: ["small", "large"] } },
        { name: "key", in: "query", required: false, schema: text },
        { name: "revision", in: "query", required: false, schema: text },
      ],
      contentType: "image/*",
      answer: { ...text, format: "binary" },
    },
    pageCode: {
      tag: "page",
      summary: "An address that lets a browser in, once, for a minute.",
      description: "What `asset-sync open` opens. Decisions 0028 and 0042 say why it is done so.",
      body: { type: "object", properties: {}, additionalProperties: false },
      contentType: json,
      answer: schemas.refer("PageCode", pageCodeSchema, "output"),
    },
    pageLanding: {
      tag: "page",
      summary: "The landing page's exchange of its code for one in the console's own address.",
      isOpenToAll: true,
      body: schemas.refer("PageSessionRequest", pageSessionRequestSchema, "input"),
      contentType: json,
      answer: schemas.refer("PageLanding", pageLandingSchema, "output"),
    },
    pageSession: {
      tag: "page",
      summary: "The page's exchange of its code for a cookie and a key.",
      description: "The cookie comes as `Set-Cookie`; every later call needs it together with the key.",
      isOpenToAll: true,
      body: schemas.refer("PageSessionRequest", pageSessionRequestSchema, "input"),
      contentType: json,
      answer: schemas.refer("PageSession", pageSessionSchema, "output"),
    },
  };
}
