import { expect } from "vitest";
import { done, type Step, type World, window } from "./operation-step.ts";

const user = ({ user_id }: World) => ({ user_id, username: "my-username", registered_at: "2019-08-24T14:15:22Z" });
const group = ({ group_id, user_id }: World) => ({
  group_id,
  name: "Artists",
  description: "They model",
  created_at: "2019-08-24T14:15:22Z",
  members: [{ user_id, joined_at: "2019-08-24T14:15:22Z", group_access: "read", folder_access: "write" }],
});

/** Users and groups, until they are deleted. */
export const peopleSteps: readonly Step[] = [
  {
    operation: "registerUser",
    call: (client) => client.registerUser({ username: "my-username" }),
    sent: () => ({ method: "POST", path: "/users", json: { username: "my-username" } }),
    answer: (world) => ({ status: 201, body: user(world) }),
    check: (result) => expect(result).toMatchObject({ user_id: expect.any(String), username: "my-username" }),
    learn: (result: { user_id: string }, world) => {
      world.user_id = result.user_id;
    },
  },
  {
    operation: "listUsers",
    call: (client) => client.listUsers(),
    sent: () => ({ method: "GET", path: "/users", query: window }),
    answer: (world) => ({ body: [user(world)] }),
    check: (result, { user_id }) =>
      expect(result).toEqual(expect.arrayContaining([expect.objectContaining({ user_id })])),
  },
  {
    operation: "getUser",
    call: (client, { user_id }) => client.getUser({ user_id }),
    sent: ({ user_id }) => ({ method: "GET", path: `/users/${user_id}` }),
    answer: (world) => ({ body: user(world) }),
    check: (result, { user_id }) => expect(result).toMatchObject({ user_id, username: "my-username" }),
  },
  {
    operation: "updateUser",
    call: (client, { user_id }) => client.updateUser({ user_id, username: "Zoë" }),
    sent: ({ user_id }) => ({ method: "PATCH", path: `/users/${user_id}`, json: { username: "Zoë" } }),
    ...done,
  },
  {
    operation: "generateUserToken",
    call: (client, { user_id }) => client.generateUserToken({ user_id, scope: "manage" }),
    sent: ({ user_id }) => ({
      method: "POST",
      path: `/users/${user_id}/tokens`,
      json: { scope: "manage", ttl: "1h" },
    }),
    answer: ({ user_token }) => ({ body: { user_token, expires_in: 3600, expires_on: 1_767_229_200 } }),
    check: (result) => expect(result).toMatchObject({ user_token: expect.any(String) }),
    learn: (result: { user_token: string }, world) => {
      world.user_token = result.user_token;
    },
  },
  {
    operation: "createGroup",
    call: (client, { user_id }) =>
      client.createGroup({
        name: "Artists",
        description: "They model",
        members: [{ user_id, group_access: "read", folder_access: "write" }],
      }),
    sent: ({ user_id }) => ({
      method: "POST",
      path: "/groups",
      json: {
        name: "Artists",
        description: "They model",
        members: [{ user_id, group_access: "read", folder_access: "write" }],
      },
    }),
    answer: (world) => ({ status: 201, body: group(world) }),
    check: (result) => expect(result).toMatchObject({ group_id: expect.any(String), name: "Artists" }),
    learn: (result: { group_id: string }, world) => {
      world.group_id = result.group_id;
    },
  },
  {
    operation: "getGroup",
    call: (client, { group_id }) => client.getGroup({ group_id }),
    sent: ({ group_id }) => ({ method: "GET", path: `/groups/${group_id}` }),
    answer: (world) => ({ body: group(world) }),
    check: (result, { group_id, user_id }) =>
      expect(result).toMatchObject({
        group_id,
        members: expect.arrayContaining([
          expect.objectContaining({ user_id, group_access: "read", folder_access: "write" }),
        ]),
      }),
  },
  {
    operation: "updateGroupDescription",
    call: (client, { group_id }) =>
      client.updateGroupDescription({ group_id, name: "Modellers", description: "They do" }),
    sent: ({ group_id }) => ({
      method: "PATCH",
      path: `/groups/${group_id}`,
      json: { name: "Modellers", description: "They do" },
    }),
    ...done,
  },
  {
    operation: "getUserGroups",
    call: (client, { user_id }) => client.getUserGroups({ user_id }),
    sent: ({ user_id }) => ({ method: "GET", path: `/users/${user_id}/groups` }),
    answer: (world) => ({ body: [group(world)] }),
    check: (result, { group_id }) =>
      expect(result).toEqual(expect.arrayContaining([expect.objectContaining({ group_id })])),
  },
  {
    operation: "grantMemberAccessToGroup",
    call: (client, { group_id, user_id }) =>
      client.grantMemberAccessToGroup({
        group_id,
        member_type: "users",
        member_id: user_id,
        group_access: "manage",
        folder_access: "manage",
      }),
    sent: ({ group_id, user_id }) => ({
      method: "PUT",
      path: `/groups/${group_id}/members/users/${user_id}`,
      json: { group_access: "manage", folder_access: "manage" },
    }),
    ...done,
  },
];

/** What takes them away again. */
export const peopleEndSteps: readonly Step[] = [
  {
    operation: "revokeMemberAccessToGroup",
    call: (client, { group_id, user_id }) =>
      client.revokeMemberAccessToGroup({ group_id, member_type: "users", member_id: user_id }),
    sent: ({ group_id, user_id }) => ({ method: "DELETE", path: `/groups/${group_id}/members/users/${user_id}` }),
    ...done,
  },
  {
    operation: "deleteGroup",
    call: (client, { group_id }) => client.deleteGroup({ group_id }),
    sent: ({ group_id }) => ({ method: "DELETE", path: `/groups/${group_id}` }),
    ...done,
  },
  {
    operation: "deleteUser",
    call: (client, { user_id }) => client.deleteUser({ user_id }),
    sent: ({ user_id }) => ({ method: "DELETE", path: `/users/${user_id}` }),
    answer: ({ mesh_id }) => ({ body: { deleted_assets: { meshes: [{ asset_id: mesh_id, name: "Chair" }] } } }),
    check: (result) => expect(result).toBeTypeOf("object"),
  },
];
