import * as z from "zod/mini";
import { maybe, type Open, openText } from "./data-types.ts";

// The vendor's two libraries type sessions differently; what either leaves out may be missing.
/** Somebody in a session. */
export interface SessionClient {
  client_id?: string | null | undefined;
  client_type?: Open<"user" | "guest" | "api" | "unknown"> | null | undefined;
  user_id?: string | null | undefined;
  username?: string | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const clientSchema: z.ZodMiniType<SessionClient> = z.looseObject({
  client_id: maybe(z.string()),
  client_type: maybe(openText<"user" | "guest" | "api" | "unknown">()),
  user_id: maybe(z.string()),
  username: maybe(z.string()),
});

/** A scene that is being rendered. Empty ones close by themselves after some seconds. */
export interface Session {
  session_id: string;
  scene_id?: string | null | undefined;
  scene_name?: string | null | undefined;
  folder_id?: string | null | undefined;
  max_users?: number | null | undefined;
  creator_user_id?: string | null | undefined;
  created_at?: string | null | undefined;
  country_code?: string | null | undefined;
  continent_code?: string | null | undefined;
  is_transient_session?: boolean | null | undefined;
  clients?: SessionClient[] | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const sessionSchema: z.ZodMiniType<Session> = z.looseObject({
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

/** What opens the render gateway's socket; no credential of this API. */
export interface SessionToken {
  session_token: string;
  /** `wss://ip:ssl_port`, or `ws://ip:port` when `ssl_port` is 0. */
  endpoint_info: { ip: string; port: number; ssl_port: number; [unknownField: string]: unknown };
  [unknownField: string]: unknown;
}

/** @internal */
export const sessionTokenSchema: z.ZodMiniType<SessionToken> = z.looseObject({
  session_token: z.string().check(z.minLength(1)),
  endpoint_info: z.looseObject({ ip: z.string(), port: z.number(), ssl_port: z.number() }),
});

/** The query `filters` of `getRunningSessions`. */
export interface SessionFilters {
  user_id?: string | undefined;
  scene_id?: string | undefined;
  folder_id?: string | undefined;
}
