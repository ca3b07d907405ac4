import * as z from "zod/mini";
import { type CallOptions, callJson, callNothing } from "./call.ts";
import { checkId } from "./compose-call.ts";
import type { Connection } from "./connection.ts";
import { maybe, type OpaqueObject } from "./data-types.ts";
import {
  clientSchema,
  type Session,
  type SessionClient,
  type SessionFilters,
  type SessionToken,
  sessionSchema,
  sessionTokenSchema,
} from "./sessions.schema.ts";

/** The sessions that run. With a guest token: the guest's own. */
export function getRunningSessions(
  connection: Connection,
  options: { filters?: SessionFilters | undefined } & CallOptions = {},
): Promise<Session[]> {
  const query = { filters: options.filters && { ...options.filters } };
  return callJson(
    connection,
    { operation: "getRunningSessions", method: "GET", path: "/sessions", query },
    z.array(sessionSchema),
    options,
  );
}

/** Starts a session of a scene; sent once. In a transient one changes are not saved. */
export async function createSession(
  connection: Connection,
  options: {
    scene_id: string;
    renderer_version?: string | undefined;
    is_transient?: boolean | undefined;
    options?: OpaqueObject | undefined;
  } & CallOptions,
): Promise<{ session_id: string }> {
  const operation = "createSession";
  const { renderer_version, is_transient = false } = options;
  const scene_id = checkId(operation, "scene_id", options.scene_id);
  const json = { scene_id, renderer_version, is_transient, options: options.options };
  return callJson(
    connection,
    { operation, method: "POST", path: "/sessions", json },
    z.looseObject({ session_id: z.string() }),
    options,
  );
}

/** One session. */
export function getSession(connection: Connection, options: { session_id: string } & CallOptions): Promise<Session> {
  const { session_id } = options;
  return callJson(
    connection,
    { operation: "getSession", method: "GET", path: "/sessions/{session_id}", parameters: { session_id } },
    sessionSchema,
    options,
  );
}

/** Ends a session for everybody in it. */
export function killSession(connection: Connection, options: { session_id: string } & CallOptions): Promise<void> {
  const { session_id } = options;
  return callNothing(
    connection,
    { operation: "killSession", method: "DELETE", path: "/sessions/{session_id}", parameters: { session_id } },
    options,
  );
}

/** Makes a client of a session and gives the token of its socket; sent once. */
export function joinSession(
  connection: Connection,
  options: { session_id: string; is_headless?: boolean | undefined } & CallOptions,
): Promise<SessionToken> {
  const { session_id, is_headless = false } = options;
  return callJson(
    connection,
    {
      operation: "joinSession",
      method: "POST",
      path: "/sessions/{session_id}/clients",
      parameters: { session_id },
      json: { is_headless },
    },
    sessionTokenSchema,
    options,
  );
}

/** One client of a session. */
export function getClient(
  connection: Connection,
  options: { session_id: string; client_id: string } & CallOptions,
): Promise<SessionClient> {
  const { session_id, client_id } = options;
  return callJson(
    connection,
    {
      operation: "getClient",
      method: "GET",
      path: "/sessions/{session_id}/clients/{client_id}",
      parameters: { session_id, client_id },
    },
    clientSchema,
    options,
  );
}

/** Puts a client out of a session. */
export function kickClientFromSession(
  connection: Connection,
  options: { session_id: string; client_id: string } & CallOptions,
): Promise<void> {
  const { session_id, client_id } = options;
  return callNothing(
    connection,
    {
      operation: "kickClientFromSession",
      method: "DELETE",
      path: "/sessions/{session_id}/clients/{client_id}",
      parameters: { session_id, client_id },
    },
    options,
  );
}

/** Joins the session that the guest token belongs to; sent once. Needs a guest token. */
export function joinSessionAsGuest(connection: Connection, options: CallOptions = {}): Promise<SessionToken> {
  return callJson(
    connection,
    { operation: "joinSessionAsGuest", method: "POST", path: "/sessions/guests" },
    sessionTokenSchema,
    options,
  );
}

/** Makes a token with which a guest can join the session; sent once. */
export function generateGuestToken(
  connection: Connection,
  options: { session_id: string } & CallOptions,
): Promise<{ guest_token?: string | null | undefined }> {
  const { session_id } = options;
  return callJson(
    connection,
    {
      operation: "generateGuestToken",
      method: "POST",
      path: "/sessions/{session_id}/guests",
      parameters: { session_id },
    },
    z.looseObject({ guest_token: maybe(z.string()) }),
    options,
  );
}
