import { expect, it } from "vitest";
import * as far from "./__fixtures__/nock-3dverse.ts";

far.useNock();

// Invented by the types of @3dverse/api 0.8.11; the documents show no answers.
const user = { user_id: "u1", username: "my-username", registered_at: "2019-08-24T14:15:22Z" };

it("keeps fields that no document tells, and takes null for a field that may be missing", async () => {
  far
    .service()
    .get("/users/u1")
    .reply(200, { ...user, registered_at: null, avatar: { url: "x" } });
  expect(await far.client().getUser({ user_id: "u1" })).toEqual({
    ...user,
    registered_at: null,
    avatar: { url: "x" },
  });
});

it("says which field is not as documented", async () => {
  far
    .service()
    .get("/users?offset=0&limit=10")
    .reply(200, [user, { ...user, user_id: 7 }]);
  const error = await far.failureOf(far.client().listUsers());
  expect(error).toMatchObject({ kind: "unexpected-shape", fieldErrors: { "1.user_id": ["expected string"] } });
  expect(error.message).toContain("3dverse listUsers");
});

it("gives the grouped assets that went with a user, and takes an answer without them", async () => {
  far
    .service()
    .delete("/users/u1")
    .reply(200, { deleted_assets: { meshes: [{ asset_id: "a", name: "Chair" }], moods: [{ asset_id: "b" }] } });
  far.service().delete("/users/u2").reply(200, {});
  const { deleted_assets } = await far.client().deleteUser({ user_id: "u1" });
  expect(deleted_assets?.meshes?.[0]?.name).toBe("Chair");
  expect(deleted_assets?.moods?.[0]?.asset_id).toBe("b");
  expect(await far.client().deleteUser({ user_id: "u2" })).toEqual({});
});

it("sends a ttl as told, and refuses a token that is empty", async () => {
  far.service().post("/users/u1/tokens", { scope: "read", ttl: "24h" }).reply(200, { user_token: "" });
  const asked = far.client().generateUserToken({ user_id: "u1", scope: "read", ttl: "24h" });
  expect(await far.failureOf(asked)).toMatchObject({ code: "unexpected-shape" });
});

it.each(["", "  ", undefined, 5])("sends no user without a name (%j)", async (username) => {
  const asked = far.client().registerUser({ username: username as string });
  expect(await far.failureOf(asked)).toMatchObject({ code: "argument-invalid", neverSent: true });
});

it("tells whoever sends a token where the reference wants an API key", async () => {
  far.service().get("/users/u1").reply(403, { errorCode: 12, message: "Forbidden" });
  const asUser = far.client().withCredential({ userToken: "planted-user-4711" });
  const error = await far.failureOf(asUser.getUser({ user_id: "u1" }));
  expect(error.code).toBe("access-denied");
  expect(error.message).toContain("with an API key only, and a user token was sent");
});
