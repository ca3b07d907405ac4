import { expect } from "vitest";
import { done, type Step, type World } from "./operation-step.ts";

const session = ({ session_id, scene_id, folder_id, user_id, client_id }: World) => ({
  session_id,
  scene_id,
  scene_name: "Room",
  folder_id,
  max_users: 16,
  creator_user_id: user_id,
  created_at: "2019-08-24T14:15:22Z",
  country_code: "FR",
  continent_code: "EU",
  is_transient_session: true,
  clients: [{ client_id, client_type: "user", user_id, username: "my-username" }],
});
const withId = ({ session_id }: World) => expect.arrayContaining([expect.objectContaining({ session_id })]) as unknown;
const token = { session_token: "gateway-token", endpoint_info: { ip: "192.0.2.1", port: 80, ssl_port: 443 } };
const isToken = (result: never) =>
  expect(result).toMatchObject({
    session_token: expect.any(String),
    endpoint_info: { ip: expect.any(String), port: expect.any(Number), ssl_port: expect.any(Number) },
  });

/** Scenes, their entities and sessions. */
export const sceneSteps: readonly Step[] = [
  {
    operation: "createEntity",
    call: (client, { scene_id }) =>
      client.createEntity({
        scene_id,
        entity_components: { debug_name: { value: "Lamp" }, local_transform: { position: [0, 1, 0] } },
      }),
    sent: ({ scene_id }) => ({
      method: "POST",
      path: `/assets/scenes/${scene_id}/entities`,
      json: { debug_name: { value: "Lamp" }, local_transform: { position: [0, 1, 0] } },
    }),
    answer: ({ entity_id }) => ({ status: 201, body: { entity_id } }),
    check: (result) => expect(result).toMatchObject({ entity_id: expect.any(String) }),
    learn: (result: { entity_id: string }, world) => {
      world.entity_id = result.entity_id;
    },
  },
  {
    operation: "getEntity",
    call: (client, { scene_id, entity_id }) =>
      client.getEntity({ scene_id, entity_id, compute_global_transform: true }),
    sent: ({ scene_id, entity_id }) => ({
      method: "GET",
      path: `/assets/scenes/${scene_id}/entities/${entity_id}`,
      query: ["compute_global_transform=true"],
    }),
    answer: ({ entity_id }) => ({ body: { euid: { value: entity_id }, debug_name: { value: "Lamp" } } }),
    check: (result, { entity_id }) =>
      expect(result).toMatchObject({ euid: { value: entity_id }, debug_name: { value: "Lamp" } }),
  },
  {
    operation: "updateEntity",
    call: (client, { scene_id, entity_id }) =>
      client.updateEntity({ scene_id, entity_id, entity_components: { debug_name: { value: "Light" } } }),
    sent: ({ scene_id, entity_id }) => ({
      method: "PATCH",
      path: `/assets/scenes/${scene_id}/entities/${entity_id}`,
      json: { debug_name: { value: "Light" } },
    }),
    ...done,
  },
  {
    operation: "getSceneAABB",
    call: (client, { scene_id }) => client.getSceneAABB({ scene_id }),
    sent: ({ scene_id }) => ({ method: "GET", path: `/assets/scenes/${scene_id}/aabb` }),
    answer: () => ({ body: { min: [0, 0, 0], max: [1, 2, 3] } }),
    check: (result) => expect(result).toMatchObject({ min: expect.any(Array), max: expect.any(Array) }),
  },
  {
    operation: "getSceneSettings",
    call: (client, { scene_id }) => client.getSceneSettings({ scene_id }),
    sent: ({ scene_id }) => ({ method: "GET", path: `/assets/scenes/${scene_id}/settings` }),
    answer: () => ({ body: { display: { grid: true } } }),
    check: (result) => expect(result).toBeTypeOf("object"),
  },
  {
    operation: "createSession",
    call: (client, { scene_id }) => client.createSession({ scene_id, is_transient: true }),
    sent: ({ scene_id }) => ({ method: "POST", path: "/sessions", json: { scene_id, is_transient: true } }),
    answer: ({ session_id }) => ({ status: 201, body: { session_id } }),
    check: (result) => expect(result).toMatchObject({ session_id: expect.any(String) }),
    learn: (result: { session_id: string }, world) => {
      world.session_id = result.session_id;
    },
  },
  {
    operation: "joinSession",
    call: (client, { session_id }) => client.joinSession({ session_id }),
    sent: ({ session_id }) => ({
      method: "POST",
      path: `/sessions/${session_id}/clients`,
      json: { is_headless: false },
    }),
    answer: () => ({ status: 201, body: token }),
    check: isToken,
  },
  {
    operation: "getSession",
    call: (client, { session_id }) => client.getSession({ session_id }),
    sent: ({ session_id }) => ({ method: "GET", path: `/sessions/${session_id}` }),
    answer: (world) => ({ body: session(world) }),
    check: (result, { session_id, scene_id }) => expect(result).toMatchObject({ session_id, scene_id }),
    learn: (result: { clients?: { client_id?: string }[] }, world) => {
      world.client_id = result.clients?.[0]?.client_id ?? world.client_id;
    },
  },
  {
    operation: "getRunningSessions",
    call: (client, { scene_id }) => client.getRunningSessions({ filters: { scene_id } }),
    sent: ({ scene_id }) => ({ method: "GET", path: "/sessions", query: [`filters[scene_id]=${scene_id}`] }),
    answer: (world) => ({ body: [session(world)] }),
    check: (result, world) => expect(result).toEqual(withId(world)),
  },
  {
    operation: "getSceneSessions",
    call: (client, { scene_id }) => client.getSceneSessions({ scene_id }),
    sent: ({ scene_id }) => ({ method: "GET", path: `/assets/scenes/${scene_id}/sessions` }),
    answer: (world) => ({ body: [session(world)] }),
    check: (result, world) => expect(result).toEqual(withId(world)),
  },
  {
    operation: "getSessionsInFolder",
    call: (client, { folder_id }) => client.getSessionsInFolder({ folder_id }),
    sent: ({ folder_id }) => ({ method: "GET", path: `/folders/${folder_id}/sessions` }),
    answer: (world) => ({ body: [session(world)] }),
    check: (result, world) => expect(result).toEqual(withId(world)),
  },
  {
    operation: "getClient",
    call: (client, { session_id, client_id }) => client.getClient({ session_id, client_id }),
    sent: ({ session_id, client_id }) => ({ method: "GET", path: `/sessions/${session_id}/clients/${client_id}` }),
    answer: (world) => ({ body: session(world).clients[0] }),
    check: (result) => expect(result).toMatchObject({ username: expect.any(String) }),
  },
  {
    operation: "generateGuestToken",
    call: (client, { session_id }) => client.generateGuestToken({ session_id }),
    sent: ({ session_id }) => ({ method: "POST", path: `/sessions/${session_id}/guests` }),
    answer: ({ guest_token }) => ({ status: 201, body: { guest_token } }),
    check: (result) => expect(result).toMatchObject({ guest_token: expect.any(String) }),
    learn: (result: { guest_token: string }, world) => {
      world.guest_token = result.guest_token;
    },
  },
  {
    operation: "joinSessionAsGuest",
    as: "guestToken",
    call: (client) => client.joinSessionAsGuest(),
    sent: () => ({ method: "POST", path: "/sessions/guests" }),
    answer: () => ({ status: 201, body: token }),
    check: isToken,
  },
];

/** What takes them away again. */
export const sceneEndSteps: readonly Step[] = [
  {
    operation: "kickClientFromSession",
    call: (client, { session_id, client_id }) => client.kickClientFromSession({ session_id, client_id }),
    sent: ({ session_id, client_id }) => ({ method: "DELETE", path: `/sessions/${session_id}/clients/${client_id}` }),
    ...done,
  },
  {
    operation: "killSession",
    call: (client, { session_id }) => client.killSession({ session_id }),
    sent: ({ session_id }) => ({ method: "DELETE", path: `/sessions/${session_id}` }),
    ...done,
  },
  {
    operation: "deleteEntity",
    call: (client, { scene_id, entity_id }) => client.deleteEntity({ scene_id, entity_id }),
    sent: ({ scene_id, entity_id }) => ({ method: "DELETE", path: `/assets/scenes/${scene_id}/entities/${entity_id}` }),
    ...done,
  },
];
