import { z } from "zod";

const minuteMs = 60_000;
const durationMs = z.int().nonnegative();
/** Long enough that a text of that kind in a URL or a header is no accident. */
const secret = z.string().min(8);

/** In which forms `imageUrls` is understood; which of them the real service takes is unknown. */
export const imageUrlForms = ["json-body", "repeated-parts", "json-part"] as const;
/** The names that Kaedim's document and its own samples give the file parts. */
export const imagePartNames = ["images", "image", "image-N", "imageN", "any"] as const;

const shape = {
  devId: z.string().min(1),
  apiKey: secret,
  refreshToken: secret,
  /** The Kaedim Secret, which signs webhooks. */
  secret,
  studioId: z.string().min(1),
  userId: z.string().min(1),
  email: z.string().min(1),
  credits: z.int().nonnegative(),
  /** Credits per request; the numbers are those of Kaedim's credits page for prototypes. */
  costs: z.strictObject({ standard: durationMs, high: durationMs, ultra: durationMs }),
  /** Whether requests with `test: true` are charged too; the document does not say. */
  testRequestsCost: z.boolean(),
  /** The document's prose says Bearer, its samples send the JWT alone. */
  authorization: z.enum(["both", "bearer", "raw"]),
  jwtLifeMs: durationMs,
  linkLifeMs: durationMs,
  /** From the request to the first iteration. */
  startAfterMs: durationMs,
  /** From the request to its outcome; the answer to `process` says 10 to 15 minutes. */
  durationMs,
  testDurationMs: durationMs,
  /** How later requests end: `completed`, `approved`, `uploaded`, `dismissed`, `cancelled` or any other word. */
  outcome: z.string().min(1),
  dismissedReason: z.string().min(1),
  /** What `iterations` is before there is one. */
  pendingIterations: z.enum(["empty", "null"]),
  /** What `results` is before there are any. */
  pendingResults: z.enum(["null", "missing", "empty"]),
  /** The document's table and its sample differ. */
  dateFormat: z.enum(["MM-DD-YYYY", "YYYY-MM-DD", "either"]),
  /** A date in another format: 400, or as if it were not there. */
  otherDates: z.enum(["refuse", "ignore"]),
  imagePartName: z.enum(imagePartNames),
  imageUrlForms: z.array(z.enum(imageUrlForms)),
  maxImageBytes: z.int().positive(),
  /** All images of one request together; null: no such limit. */
  maxRequestBytes: z.int().positive().nullable(),
  /** Whether only test requests are taken before a webhook is registered. */
  webhookRequired: z.boolean(),
  /** Whether registering again answers with a JWT. */
  repeatedRegistration: z.enum(["jwt", "no-jwt"]),
  /** Whether registering again replaces the destination. */
  replacesHook: z.boolean(),
  sendsWebhooks: z.boolean(),
  /** The statuses that are told by webhook. */
  webhookStatuses: z.array(z.string()),
  /** `document`: flat with `results`; `results`: everything inside `results`, as an older page has it. */
  webhookShape: z.enum(["document", "results"]),
  /** How a failed request is told: the document's error, or like the others inside `results`. */
  failureShape: z.enum(["error", "results"]),
  /** The unit of the signature's `t`. */
  signatureTime: z.enum(["ms", "s"]),
  /** `reserialised`: the body is sent with spaces and signed without them, as the page's own check would compute it. */
  signedText: z.enum(["raw", "reserialised"]),
  projects: z.array(z.strictObject({ projectID: z.string(), name: z.string(), studioID: z.string() })),
};

export const kaedimSettingsSchema = z.strictObject(shape);

/** What may be chosen about the Kaedim of the sandbox, at the start and while it runs. */
export type KaedimSettings = z.output<typeof kaedimSettingsSchema>;

const studioId = "3c5f3a52-1d0e-4f0c-9a2f-6d1b6c1f7a10";

export const kaedimDefaults: KaedimSettings = {
  devId: "64f0c2a1b7d93e5a80c41d27",
  apiKey: "kaedim-sandbox-api-key",
  refreshToken: "kaedim-sandbox-refresh-token",
  secret: "kaedim-sandbox-webhook-secret",
  studioId,
  userId: "a40de1f0-52f6-4b7e-8b53-2f7a9c1f0e11",
  email: "artist@example.com",
  credits: 100,
  costs: { standard: 1, high: 2, ultra: 4 },
  testRequestsCost: false,
  authorization: "both",
  jwtLifeMs: 12 * 60 * minuteMs,
  linkLifeMs: 60 * minuteMs,
  startAfterMs: minuteMs,
  durationMs: 12 * minuteMs,
  testDurationMs: 10_000,
  outcome: "completed",
  dismissedReason: "The object is not visible enough in the image",
  pendingIterations: "empty",
  pendingResults: "null",
  dateFormat: "MM-DD-YYYY",
  otherDates: "refuse",
  imagePartName: "images",
  imageUrlForms: [...imageUrlForms],
  maxImageBytes: 5 * 1024 * 1024,
  maxRequestBytes: null,
  webhookRequired: false,
  repeatedRegistration: "jwt",
  replacesHook: true,
  sendsWebhooks: true,
  webhookStatuses: ["completed", "approved", "uploaded", "dismissed"],
  webhookShape: "document",
  failureShape: "error",
  signatureTime: "ms",
  signedText: "raw",
  projects: [{ projectID: "5b0d7f6e-77c7-4b5d-8a52-0c3a4d0b9e31", name: "Sandbox", studioID: studioId }],
};
