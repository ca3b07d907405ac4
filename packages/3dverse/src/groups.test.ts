import { expect, it } from "vitest";
import * as far from "./__fixtures__/nock-3dverse.ts";

far.useNock();

const group = { group_id: "g1", name: "Artists", members: [] };

it("leaves out a description that is not given", async () => {
  far.service().post("/groups", { name: "Artists", members: [] }).reply(201, group);
  expect(await far.client().createGroup({ name: "Artists", members: [] })).toEqual(group);
});

it("takes an access that no document tells", async () => {
  const members = [{ user_id: "u1", group_access: "own", folder_access: "read" }];
  far
    .service()
    .get("/groups/g1")
    .reply(200, { ...group, members });
  expect((await far.client().getGroup({ group_id: "g1" })).members?.[0]?.group_access).toBe("own");
});

it("grants and revokes for users and for groups", async () => {
  const access = { group_access: "read", folder_access: "manage" } as const;
  far.service().put("/groups/g1/members/groups/g2", access).reply(204);
  far.service().delete("/groups/g1/members/groups/g2").reply(200, "");
  const member = { group_id: "g1", member_type: "groups", member_id: "g2" } as const;
  await far.client().grantMemberAccessToGroup({ ...member, ...access });
  await far.client().revokeMemberAccessToGroup(member);
});

it("does not repeat what creates: a second group would be there", async () => {
  far.service().post("/groups").reply(503);
  expect(await far.failureOf(far.client().createGroup({ name: "A", members: [] }))).toMatchObject({ status: 503 });
});
