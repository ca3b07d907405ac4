import { z } from "zod";
import { type Caller, lesser, membershipsOf, nameOf, reaches, requireUserOrApiKey } from "./access.ts";
import { dateText, type Environment, find, findUser, hasSettled, newId } from "./environment.ts";
import { created, done, jsonBody, ok, operation } from "./operation.ts";
import { forbidden, invalid, notFound } from "./problem.ts";
import { type Access, accessLevels, type Group, type GroupMember, type MemberType, memberTypes } from "./records.ts";

const access = z.enum(accessLevels);

/** Groups that are members count for access; the documented form of a group names only users. */
export function groupJson({ groupId, name, description, createdAtMs, members }: Group) {
  return {
    group_id: groupId,
    name,
    description,
    created_at: dateText(createdAtMs),
    members: members
      .filter(({ type }) => type === "users")
      .map(({ id, joinedAtMs, groupAccess, folderAccess }) => ({
        user_id: id,
        joined_at: dateText(joinedAtMs),
        group_access: groupAccess,
        folder_access: folderAccess,
      })),
  };
}

export const groupOperations = {
  createGroup: operation({
    body: jsonBody(
      z.strictObject({
        name: z.string().min(1),
        description: z.string().optional(),
        members: z.array(z.strictObject({ user_id: z.string(), group_access: access, folder_access: access })),
      }),
    ),
    answer({ env, caller, body }) {
      requireUserOrApiKey(caller);
      const nowMs = env.clock.now();
      const members = body.members.map(
        ({ user_id, group_access, folder_access }): GroupMember => ({
          type: "users",
          id: findUser(env, user_id).userId,
          joinedAtMs: nowMs,
          groupAccess: group_access,
          folderAccess: folder_access,
        }),
      );
      if (caller.kind === "user") {
        if (caller.scope !== "manage") throw forbidden("Making a group needs a user_token with the scope manage.");
        const id = caller.user.userId;
        if (!members.some((member) => member.id === id))
          members.push({ type: "users", id, joinedAtMs: nowMs, groupAccess: "manage", folderAccess: "manage" });
      }
      const group = { groupId: newId(), name: body.name, description: body.description, createdAtMs: nowMs, members };
      env.groups.set(group.groupId, group);
      return created(groupJson(group));
    },
  }),
  getGroup: operation({
    answer: ({ env, caller, parameter }) => ok(groupJson(groupFor(env, caller, parameter("group_id"), "read"))),
  }),
  updateGroupDescription: operation({
    body: jsonBody(z.strictObject({ name: z.string().min(1), description: z.string() })),
    answer({ env, caller, parameter, body }) {
      Object.assign(groupFor(env, caller, parameter("group_id"), "write"), body);
      return done(env);
    },
  }),
  deleteGroup: operation({
    answer({ env, caller, parameter }) {
      const { groupId } = groupFor(env, caller, parameter("group_id"), "manage");
      env.groups.delete(groupId);
      for (const group of env.groups.values())
        group.members = group.members.filter(({ type, id }) => type !== "groups" || id !== groupId);
      for (const folder of env.folders.values())
        folder.grants = folder.grants.filter(({ type, id }) => type !== "groups" || id !== groupId);
      return done(env);
    },
  }),
  grantMemberAccessToGroup: operation({
    body: jsonBody(z.strictObject({ group_access: access, folder_access: access })),
    answer({ env, caller, parameter, body }) {
      const group = groupFor(env, caller, parameter("group_id"), "manage");
      const member = memberOf(env, parameter("member_type"), parameter("member_id"));
      if (member.id === group.groupId) throw invalid("A group cannot be a member of itself.");
      const known = group.members.find(({ type, id }) => type === member.type && id === member.id);
      const granted = { groupAccess: body.group_access, folderAccess: body.folder_access };
      if (known === undefined) group.members.push({ ...member, joinedAtMs: env.clock.now(), ...granted });
      else Object.assign(known, granted);
      return done(env);
    },
  }),
  revokeMemberAccessToGroup: operation({
    answer({ env, caller, parameter }) {
      const group = groupFor(env, caller, parameter("group_id"), "manage");
      const [wantedType, wantedId] = [memberType(parameter("member_type")), parameter("member_id")];
      const rest = group.members.filter(({ type, id }) => type !== wantedType || id !== wantedId);
      if (rest.length === group.members.length)
        throw notFound(`${wantedId} is no member of the group ${group.groupId}.`);
      group.members = rest;
      return done(env);
    },
  }),
};

/** A user or a group that a path names; what is neither is 400, what does not exist 404. */
export function memberOf(env: Environment, givenType: string, id: string): { type: MemberType; id: string } {
  const type = memberType(givenType);
  return type === "users" ? { type, id: findUser(env, id).userId } : { type, id: findGroup(env, id).groupId };
}

export function memberType(given: string): MemberType {
  const type = memberTypes.find((known) => known === given);
  if (type === undefined) throw invalid(`The member type must be users or groups; it was "${given}".`);
  return type;
}

function findGroup(env: Environment, groupId: string): Group {
  return find(env, env.groups, groupId, "group");
}

function groupFor(env: Environment, caller: Caller, groupId: string, wanted: Access): Group {
  requireUserOrApiKey(caller);
  const group = findGroup(env, groupId);
  if (caller.kind !== "user") return group;
  const membership = membershipsOf(env, caller.user.userId).get(groupId);
  const own = membership === undefined ? undefined : lesser(membership.groupAccess, caller.scope);
  if (!reaches(own, wanted) || !hasSettled(env, group.createdAtMs))
    throw forbidden(`This needs ${wanted} access to the group ${groupId}; ${nameOf(caller)} has ${own ?? "none"}.`);
  return group;
}
