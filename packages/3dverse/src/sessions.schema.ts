import * as z from "zod/mini";
import { maybe, openText } from "./data-types.ts";

// The vendor's two libraries type sessions differently; what either leaves out may be missing.
export const clientSchema = z.looseObject({
  client_id: maybe(z.string()),
  client_type: maybe(openText<"user" | "guest" | "api" | "unknown">()),
  user_id: maybe(z.string()),
  username: maybe(z.string()),
});

/** Somebody in a session. */
export type SessionClient = z.infer<typeof clientSchema>;

export const sessionSchema = z.looseObject({
  session_id: z.string(),
  scene_id: maybe(z.string()),
  scene_name: maybe(z.string()),
  folder_id: maybe(z.string()),
  max_users: maybe(z.number()),
  creator_user_id: maybe(z.string()),
  created_at: maybe(z.string()),
  country_code: maybe(z.string()),
  continent_code: maybe(z.string()),
  is_transient_session: maybe(z.boolean()),
  clients: maybe(z.array(clientSchema)),
});

/** A scene that is being rendered. Empty ones close by themselves after some seconds. */
export type Session = z.infer<typeof sessionSchema>;

export const sessionTokenSchema = z.looseObject({
  session_token: z.string().check(z.minLength(1)),
  /** `wss://ip:ssl_port`, or `ws://ip:port` when `ssl_port` is 0. */
  endpoint_info: z.looseObject({ ip: z.string(), port: z.number(), ssl_port: z.number() }),
});

/** What opens the render gateway's socket; no credential of this API. */
export type SessionToken = z.infer<typeof sessionTokenSchema>;

/** The query `filters` of `getRunningSessions`. */
export interface SessionFilters {
  user_id?: string | undefined;
  scene_id?: string | undefined;
  folder_id?: string | undefined;
}
