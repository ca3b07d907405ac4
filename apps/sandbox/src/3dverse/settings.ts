import { z } from "zod";

const hourMs = 60 * 60 * 1000;
const durationMs = z.int().nonnegative();
/** Long enough that a text of that kind in a URL or a header is no accident. */
const secret = z.string().min(8);

export const threeDVerseSettingsSchema = z.strictObject({
  apiKey: secret,
  /** The token of the Public folder, sent as `user_token`. */
  publicToken: secret,
  guestTokenLifeMs: durationMs,
  /** The unit of `expires_in` and `expires_on`, which no document gives. */
  expiryUnit: z.enum(["s", "ms"]),
  /** How an expired token is answered. */
  expiredStatus: z.union([z.literal(401), z.literal(403)]),
  /** Whether the API key passes in the header `user_token` too, as the vendor's Livelink seems to rely on. */
  apiKeyAsUserToken: z.boolean(),
  /** For so long after it was created (or granted) an object (or access) is not there yet. */
  settleMs: durationMs,
  /** How an object that is not there yet is answered. */
  settleStatus: z.union([z.literal(404), z.literal(403)]),
  /** The success of operations without a typed answer: 204, or an empty 200. */
  untypedStatus: z.union([z.literal(204), z.literal(200)]),
  /** Whether flat bodies may come as `application/x-www-form-urlencoded`, as in the document's Python sample. */
  acceptsForms: z.boolean(),
  /** Whether lists carry `x-source-files-count` and `x-assets-count`. */
  countHeaders: z.boolean(),
  maxLimit: z.int().positive(),
  /** What `limit` counts in grouped lists: all assets together, or those of each container. */
  limitCounts: z.enum(["assets", "each-container"]),
  /** The form field that files must come in; null: any. */
  uploadFieldName: z.string().min(1).nullable(),
  /** All files of one upload together; null: no limit. */
  maxUploadBytes: z.int().positive().nullable(),
  /** Whether an upload is answered with `upload_task_id`, which is optional. */
  answersUploadTaskId: z.boolean(),
  /** How long a task is `waiting`, then `downloading`, then `pending`: so long each. */
  stepMs: durationMs,
  /** How long all conversions of a task take, one after the other. */
  conversionMs: durationMs,
  /** File names (with `*`) whose conversion fails, in tasks of any age that did not come to them yet. */
  failingFiles: z.array(z.string().min(1)),
  /** How a task ends of whose files only some could be converted. */
  partialFailureStatus: z.enum(["success", "error"]),
  /** What progress goes up to. */
  progressScale: z.union([z.literal(1), z.literal(100)]),
  /** Whether conversion tasks show their `conversion_task_id`, which no published type has. */
  showsConversionTaskIds: z.boolean(),
  /** `set`: only thumbnails that were put there exist; `all`: every asset has one. */
  thumbnails: z.enum(["all", "set"]),
  /** A session without clients closes after so long. */
  emptySessionLifeMs: durationMs,
});

/** What may be chosen about the 3dverse of the sandbox, at the start and while it runs. */
export type ThreeDVerseSettings = z.output<typeof threeDVerseSettingsSchema>;

export const threeDVerseDefaults: ThreeDVerseSettings = {
  apiKey: "3dverse-sandbox-api-key",
  publicToken: "public_3dverse-sandbox-token",
  guestTokenLifeMs: 24 * hourMs,
  expiryUnit: "s",
  expiredStatus: 401,
  apiKeyAsUserToken: false,
  settleMs: 0,
  settleStatus: 404,
  untypedStatus: 204,
  acceptsForms: true,
  countHeaders: true,
  maxLimit: 1000,
  limitCounts: "assets",
  uploadFieldName: null,
  maxUploadBytes: null,
  answersUploadTaskId: true,
  stepMs: 1000,
  conversionMs: 20_000,
  failingFiles: [],
  partialFailureStatus: "success",
  progressScale: 1,
  showsConversionTaskIds: false,
  thumbnails: "all",
  emptySessionLifeMs: 30_000,
};
