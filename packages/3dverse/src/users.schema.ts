import * as z from "zod/mini";
import { maybe } from "./data-types.ts";

export const userSchema = z.looseObject({
  user_id: z.string(),
  username: z.string(),
  /** ISO 8601. */
  registered_at: maybe(z.string()),
});

/** A user of one environment: an id and a name for debugging. */
export type User = z.infer<typeof userSchema>;

export const userTokenSchema = z.looseObject({
  user_token: z.string().check(z.minLength(1)),
  /** Unit unknown. */
  expires_in: maybe(z.number()),
  /** Unit unknown. */
  expires_on: maybe(z.number()),
});

/** A token that may be given to the user. Nothing renews one: generate another. */
export type UserToken = z.infer<typeof userTokenSchema>;
