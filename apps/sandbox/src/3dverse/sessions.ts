import { z } from "zod";
import { accessTo, actorOf, type Caller, nameOf, reaches, requireUserOrApiKey } from "./access.ts";
import { assetFor } from "./assets.ts";
import { issueGuestToken } from "./credentials.ts";
import { dateText, type Environment, find, newId } from "./environment.ts";
import { folderFor } from "./folders.ts";
import { type Call, created, done, jsonBody, ok, operation } from "./operation.ts";
import { forbidden, notFound } from "./problem.ts";
import type { Access, Session, SessionClient, User } from "./records.ts";

/** The render gateway is not part of the sandbox: nothing listens there. */
const endpoint = { ip: "127.0.0.1", port: 9, ssl_port: 0 };
const maxUsers = 25;

export const sessionOperations = {
  getRunningSessions: operation({
    query: z.strictObject({
      filters: z
        .strictObject({
          user_id: z.string().optional(),
          scene_id: z.string().optional(),
          folder_id: z.string().optional(),
        })
        .optional(),
    }),
    answer({ env, caller, query }) {
      const { user_id: userId, scene_id: sceneId, folder_id: folderId } = query.filters ?? {};
      const found = [...env.sessions.values()].filter(
        (session) =>
          accessToSession(env, caller, session) !== undefined &&
          (userId === undefined || session.createdBy.userId === userId) &&
          (sceneId === undefined || session.sceneId === sceneId) &&
          (folderId === undefined || folderIdOf(env, session) === folderId),
      );
      return ok(found.map((session) => sessionJson(env, session)));
    },
  }),
  getSessionsInFolder: operation({
    answer({ env, caller, parameter }) {
      const { folderId } = folderFor(env, caller, parameter("folder_id"), "read");
      const found = [...env.sessions.values()].filter((session) => folderIdOf(env, session) === folderId);
      return ok(found.map((session) => sessionJson(env, session)));
    },
  }),
  createSession: operation({
    body: jsonBody(
      z.strictObject({
        scene_id: z.string().min(1),
        renderer_version: z.string().optional(),
        is_transient: z.boolean().default(false),
        options: z.record(z.string(), z.unknown()).default({}),
      }),
    ),
    answer({ env, caller, body }) {
      requireUserOrApiKey(caller);
      const scene = assetFor(env, caller, body.scene_id, "read");
      if (scene.type !== "scene") throw notFound(`The asset ${scene.assetId} is a ${scene.type}, not a scene.`);
      const session = addSession(env, {
        sceneId: scene.assetId,
        createdBy: actorOf(env, caller),
        isTransient: body.is_transient,
        rendererVersion: body.renderer_version,
        options: body.options,
      });
      return created({ session_id: session.sessionId });
    },
  }),
  getSession: operation({
    answer: (call) => ok(sessionJson(call.env, sessionFor(call, "read"))),
  }),
  killSession: operation({
    answer(call) {
      const session = sessionFor(call, "read");
      const { caller, env } = call;
      const isOwn = caller.kind === "user" && session.createdBy === caller.user;
      if (!isOwn && !reaches(accessToSession(env, caller, session), "write"))
        throw forbidden(`Ending the session needs write access to its scene; ${nameOf(caller)} has none.`);
      env.sessions.delete(session.sessionId);
      return done(env);
    },
  }),
  joinSession: operation({
    body: jsonBody(z.strictObject({ is_headless: z.boolean().default(false) })),
    answer(call) {
      return join(call, sessionFor(call, "read"), call.body.is_headless);
    },
  }),
  getClient: operation({
    answer: (call) => ok(clientJson(clientOf(sessionFor(call, "read"), call.parameter("client_id")))),
  }),
  kickClientFromSession: operation({
    answer(call) {
      const { env, caller } = call;
      const session = sessionFor(call, "read");
      const client = clientOf(session, call.parameter("client_id"));
      const isOwn =
        (caller.kind === "user" && client.userId === caller.user.userId) ||
        (caller.kind === "guest" && client.guestId === caller.guestId);
      if (!isOwn && !reaches(accessToSession(env, caller, session), "write"))
        throw forbidden("Removing somebody else from a session needs write access to its scene.");
      session.clients = session.clients.filter((other) => other !== client);
      session.emptySinceMs = env.clock.now();
      return done(env);
    },
  }),
  joinSessionAsGuest: operation({
    answer(call) {
      const { env, caller } = call;
      if (caller.kind !== "guest") throw forbidden(`This takes a guest_token only; it was asked by ${nameOf(caller)}.`);
      return join(call, find(env, env.sessions, caller.sessionId, "session"), false);
    },
  }),
  generateGuestToken: operation({
    answer(call) {
      requireUserOrApiKey(call.caller);
      const session = sessionFor(call, "write");
      return created({ guest_token: issueGuestToken(call.env, session.sessionId) });
    },
  }),
};

export function addSession(
  env: Environment,
  given: Pick<Session, "sceneId" | "createdBy" | "isTransient" | "rendererVersion" | "options">,
): Session {
  const nowMs = env.clock.now();
  const session: Session = { ...given, sessionId: newId(), clients: [], createdAtMs: nowMs, emptySinceMs: nowMs };
  env.sessions.set(session.sessionId, session);
  return session;
}

/** Ends the sessions whose scene is gone, or that were without clients for too long. */
export function settleSessions(env: Environment): void {
  for (const { sessionId, clients, emptySinceMs, sceneId } of env.sessions.values()) {
    const isIdle = clients.length === 0 && env.clock.now() >= emptySinceMs + env.settings.emptySessionLifeMs;
    if (isIdle || !env.assets.has(sceneId)) env.sessions.delete(sessionId);
  }
}

export function sessionJson(env: Environment, session: Session) {
  return {
    session_id: session.sessionId,
    scene_id: session.sceneId,
    scene_name: env.assets.get(session.sceneId)?.name,
    folder_id: folderIdOf(env, session),
    max_users: maxUsers,
    creator_user_id: session.createdBy.userId,
    created_at: dateText(session.createdAtMs),
    country_code: "FR",
    continent_code: "EU",
    is_transient_session: session.isTransient,
    clients: session.clients.map(clientJson),
  };
}

function clientJson({ clientId, type, userId, username }: SessionClient) {
  return { client_id: clientId, client_type: type, user_id: userId, username };
}

function folderIdOf(env: Environment, { sceneId }: Session): string | undefined {
  return env.assets.get(sceneId)?.folderId;
}

/** A session is open to whoever has access to its scene, and to its own guests. */
function accessToSession(env: Environment, caller: Caller, session: Session): Access | undefined {
  if (caller.kind === "guest") return caller.sessionId === session.sessionId ? "read" : undefined;
  if (caller.kind === "public") return undefined;
  return accessTo(env, caller, folderIdOf(env, session) ?? "");
}

function sessionFor({ env, caller, parameter }: Call, wanted: Access): Session {
  const session = find(env, env.sessions, parameter("session_id"), "session");
  const access = accessToSession(env, caller, session);
  if (!reaches(access, wanted))
    throw forbidden(`This needs ${wanted} access to the session's scene; ${nameOf(caller)} has ${access ?? "none"}.`);
  return session;
}

function clientOf(session: Session, clientId: string): SessionClient {
  const client = session.clients.find((candidate) => candidate.clientId === clientId);
  if (client === undefined) throw notFound(`There is no client ${clientId} in the session ${session.sessionId}.`);
  return client;
}

function join({ env, caller }: Pick<Call, "env" | "caller">, session: Session, isHeadless: boolean) {
  const user: User = actorOf(env, caller);
  const isGuest = caller.kind === "guest";
  session.clients.push({
    clientId: newId(),
    type: isGuest ? "guest" : caller.kind === "api-key" ? "api" : "user",
    userId: isGuest ? caller.guestId : user.userId,
    username: isGuest ? "guest" : user.username,
    isHeadless,
    guestId: isGuest ? caller.guestId : undefined,
  });
  const token = `3dverse-session-token-${newId()}`;
  env.sessionTokens.add(token);
  return created({ session_token: token, endpoint_info: endpoint });
}
