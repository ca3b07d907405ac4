import { z } from "zod";

/** RFC 9457. `code` is ours; `title` is the sentence; `advice` says what a person can do. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  exitStatus: z.number(),
  advice: z.string().optional(),
  /** Each value that was refused, by its key; null where it is about none in particular. */
  problems: z.array(z.object({ key: z.string().nullable(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** A code and one sentence. */
export const reasonSchema = z.object({ code: z.string(), message: z.string() });
