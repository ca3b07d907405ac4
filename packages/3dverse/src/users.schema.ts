import * as z from "zod/mini";
import { maybe } from "./data-types.ts";

/** A user of one environment: an id and a name for debugging. */
export interface User {
  user_id: string;
  username: string;
  /** ISO 8601. */
  registered_at?: string | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const userSchema: z.ZodMiniType<User> = z.looseObject({
  user_id: z.string(),
  username: z.string(),
  registered_at: maybe(z.string()),
});

/** A token that may be given to the user. Nothing renews one: generate another. */
export interface UserToken {
  user_token: string;
  /** Unit unknown. */
  expires_in?: number | null | undefined;
  /** Unit unknown. */
  expires_on?: number | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const userTokenSchema: z.ZodMiniType<UserToken> = z.looseObject({
  user_token: z.string().check(z.minLength(1)),
  expires_in: maybe(z.number()),
  expires_on: maybe(z.number()),
});
