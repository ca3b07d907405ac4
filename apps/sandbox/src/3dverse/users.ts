import { z } from "zod";
import { type Caller, membershipsOf, requireApiKey } from "./access.ts";
import { containersOf, referencesTo } from "./asset-lists.ts";
import { issueUserToken, ttlMs } from "./credentials.ts";
import { type Environment, findUser, newId, userJson } from "./environment.ts";
import { groupJson } from "./groups.ts";
import { created, done, jsonBody, ok, operation } from "./operation.ts";
import { forbidden, invalid } from "./problem.ts";
import { pageOf, pageQuery } from "./query.ts";
import { accessLevels, type User } from "./records.ts";
import { uploadTaskJson } from "./upload-task.ts";

const username = z.string().min(1);

export const userOperations = {
  listUsers: operation({
    query: z.strictObject(pageQuery),
    answer({ env, caller, query }) {
      requireApiKey(caller);
      return ok(pageOf([...env.users.values()], query, env.settings.maxLimit).map(userJson));
    },
  }),
  registerUser: operation({
    // The documentation's sample shows a `user_id` that its schema does not have; it is taken and not followed.
    body: jsonBody(z.strictObject({ username, user_id: z.string().optional() })),
    answer({ env, caller, body }) {
      requireApiKey(caller);
      return created(userJson(addUser(env, body.username)));
    },
  }),
  getUser: operation({
    answer({ env, caller, parameter }) {
      requireApiKey(caller);
      return ok(userJson(findUser(env, parameter("user_id"))));
    },
  }),
  updateUser: operation({
    body: jsonBody(z.strictObject({ username })),
    answer({ env, caller, parameter, body }) {
      requireApiKey(caller);
      findUser(env, parameter("user_id")).username = body.username;
      return done(env);
    },
  }),
  deleteUser: operation({
    answer({ env, caller, parameter }) {
      requireApiKey(caller);
      const user = findUser(env, parameter("user_id"));
      if (user === env.owner) throw forbidden("The owner of the environment cannot be deleted.");
      return ok({ deleted_assets: deleteUser(env, user) });
    },
  }),
  generateUserToken: operation({
    body: jsonBody(z.strictObject({ scope: z.enum(accessLevels), ttl: z.string().default("1h") })),
    answer({ env, caller, parameter, body }) {
      requireApiKey(caller);
      const user = findUser(env, parameter("user_id"));
      const lifeMs = ttlMs(body.ttl);
      if (lifeMs === undefined)
        throw invalid(`The ttl must be a whole number with s, m, h or d, for example 1h; it was "${body.ttl}".`);
      const unit = env.settings.expiryUnit === "s" ? 1000 : 1;
      return created({
        user_token: issueUserToken(env, { userId: user.userId, scope: body.scope, lifeMs }),
        expires_in: Math.floor(lifeMs / unit),
        expires_on: Math.floor((env.clock.now() + lifeMs) / unit),
      });
    },
  }),
  getUserGroups: operation({
    answer({ env, caller, parameter }) {
      requireSelf(caller, parameter("user_id"));
      const memberships = membershipsOf(env, findUser(env, parameter("user_id")).userId);
      return ok([...env.groups.values()].filter(({ groupId }) => memberships.has(groupId)).map(groupJson));
    },
  }),
  getUserUploadTasks: operation({
    query: z.strictObject(pageQuery),
    answer({ env, caller, parameter, query }) {
      requireSelf(caller, parameter("user_id"));
      const user = findUser(env, parameter("user_id"));
      const tasks = [...env.uploadTasks.values()].filter(({ uploadedBy }) => uploadedBy === user);
      return ok(pageOf(tasks, query, env.settings.maxLimit).map((task) => uploadTaskJson(env, task)));
    },
  }),
};

export function addUser(env: Environment, name: string): User {
  const user = { userId: newId(), username: name, createdAtMs: env.clock.now() };
  env.users.set(user.userId, user);
  return user;
}

/** The user goes with memberships, grants and the assets that are the user's alone and that nothing else uses. */
function deleteUser(env: Environment, user: User) {
  env.users.delete(user.userId);
  for (const group of env.groups.values())
    group.members = group.members.filter(({ type, id }) => type !== "users" || id !== user.userId);
  for (const folder of env.folders.values())
    folder.grants = folder.grants.filter(({ type, id }) => type !== "users" || id !== user.userId);
  const own = [...env.assets.values()].filter(
    ({ createdBy, contributions }) => createdBy === user && contributions.size === 1,
  );
  const ownIds = new Set(own.map(({ assetId }) => assetId));
  const deleted = own.filter(({ assetId }) => referencesTo(env, assetId).every((other) => ownIds.has(other.assetId)));
  for (const { assetId } of deleted) env.assets.delete(assetId);
  return containersOf(deleted);
}

/** Throws 403 unless the API key asks, or the user for what is the user's own. */
function requireSelf(caller: Caller, userId: string): void {
  if (caller.kind === "api-key" || (caller.kind === "user" && caller.user.userId === userId)) return;
  throw forbidden(`This takes the api_key, or a user_token of the user ${userId}.`);
}
