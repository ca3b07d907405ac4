import { type Environment, folderChain, hasSettled, isWithin } from "./environment.ts";
import { forbidden } from "./problem.ts";
import { type Access, accessLevels, type User } from "./records.ts";

/** Who asks, by the one credential that came with the request. */
export type Caller =
  | { kind: "api-key" }
  | { kind: "user"; user: User; scope: Access }
  /** The holder of the public token. */
  | { kind: "public" }
  | { kind: "guest"; sessionId: string; guestId: string };

export function reaches(access: Access | undefined, wanted: Access): boolean {
  return access !== undefined && accessLevels.indexOf(access) >= accessLevels.indexOf(wanted);
}

export function lesser(one: Access, other: Access): Access {
  return reaches(one, other) ? other : one;
}

function greater(one: Access | undefined, other: Access): Access {
  return one !== undefined && reaches(one, other) ? one : other;
}

/** A user's groups, those reached through other groups included, with what the membership is worth at most. */
export function membershipsOf(
  env: Environment,
  userId: string,
): Map<string, { groupAccess: Access; folderAccess: Access }> {
  const found = new Map<string, { groupAccess: Access; folderAccess: Access }>();
  let grew = true;
  while (grew) {
    grew = false;
    for (const group of env.groups.values()) {
      for (const member of group.members) {
        const through = member.type === "groups" ? found.get(member.id) : undefined;
        if (member.type === "users" ? member.id !== userId : through === undefined) continue;
        const known = found.get(group.groupId);
        const access = {
          groupAccess: greater(known?.groupAccess, lesser(member.groupAccess, through?.groupAccess ?? "manage")),
          folderAccess: greater(known?.folderAccess, lesser(member.folderAccess, through?.folderAccess ?? "manage")),
        };
        if (known?.groupAccess === access.groupAccess && known.folderAccess === access.folderAccess) continue;
        found.set(group.groupId, access);
        grew = true;
      }
    }
  }
  return found;
}

/** What was granted to the user on the folder and those above it, directly or through groups. */
export function grantedAccess(env: Environment, userId: string, folderId: string): Access | undefined {
  const memberships = membershipsOf(env, userId);
  let access: Access | undefined;
  for (const grant of folderChain(env, folderId).flatMap((folder) => folder.grants)) {
    if (!hasSettled(env, grant.grantedAtMs)) continue;
    if (grant.type === "users") {
      if (grant.id === userId) access = greater(access, grant.access);
      continue;
    }
    const membership = memberships.get(grant.id);
    if (membership !== undefined) access = greater(access, lesser(grant.access, membership.folderAccess));
  }
  return access;
}

/** The caller's access to a folder and what lies in it; undefined: none. */
export function accessTo(env: Environment, caller: Caller, folderId: string): Access | undefined {
  if (caller.kind === "api-key") return "manage";
  const isPublic = isWithin(env, folderId, env.publicFolderId);
  if (caller.kind === "public") return isPublic ? "read" : undefined;
  if (caller.kind === "guest") {
    const sceneId = env.sessions.get(caller.sessionId)?.sceneId;
    const sceneFolder = sceneId === undefined ? undefined : env.assets.get(sceneId)?.folderId;
    return sceneFolder !== undefined && isWithin(env, folderId, sceneFolder) ? "read" : undefined;
  }
  const granted = grantedAccess(env, caller.user.userId, folderId);
  if (granted === undefined) return isPublic ? "read" : undefined;
  return lesser(granted, caller.scope);
}

/** Throws 403 where the caller does not have that access to the folder. */
export function requireAccess(env: Environment, caller: Caller, folderId: string, wanted: Access): void {
  const access = accessTo(env, caller, folderId);
  if (reaches(access, wanted)) return;
  throw forbidden(
    `This needs ${wanted} access to the folder ${folderId}; ${nameOf(caller)} has ${access === undefined ? "none" : access}.`,
  );
}

/** Throws 403 for every credential but the API key. */
export function requireApiKey(caller: Caller): void {
  if (caller.kind !== "api-key")
    throw forbidden(`This operation takes the api_key only; it was asked by ${nameOf(caller)}.`);
}

/** Throws 403 for the tokens that only read: public and guest. */
export function requireUserOrApiKey(caller: Caller): void {
  if (caller.kind !== "api-key" && caller.kind !== "user")
    throw forbidden(`This operation takes an api_key or a user_token; it was asked by ${nameOf(caller)}.`);
}

/** Whom the caller's deeds are attributed to. */
export function actorOf(env: Environment, caller: Caller): User {
  return caller.kind === "user" ? caller.user : env.owner;
}

export function nameOf(caller: Caller): string {
  if (caller.kind === "api-key") return "the API key";
  if (caller.kind === "public") return "the public token";
  return caller.kind === "guest" ? "a guest" : `the user ${caller.user.username}`;
}
