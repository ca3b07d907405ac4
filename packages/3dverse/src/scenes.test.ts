import { expect, it } from "vitest";
import * as far from "./__fixtures__/nock-3dverse.ts";

far.useNock();

it("gives an entity its components, known or not, unchecked", async () => {
  const entity = { euid: { value: "e1" }, local_transform: { position: [1, 2, 3] }, future: { a: 1 } };
  far.service().get("/assets/scenes/s1/entities/e1?compute_global_transform=false").reply(200, entity);
  const read = await far.client().getEntity({ scene_id: "s1", entity_id: "e1" });
  expect(read.local_transform?.position).toEqual([1, 2, 3]);
  expect(read.future).toEqual({ a: 1 });
});

it("does not take an entity without its id", async () => {
  far.service().get("/assets/scenes/s1/entities/e1?compute_global_transform=true").reply(200, {});
  const asked = far.client().getEntity({ scene_id: "s1", entity_id: "e1", compute_global_transform: true });
  expect(await far.failureOf(asked)).toMatchObject({ code: "unexpected-shape" });
});

it("sends components as they are", async () => {
  const entity_components = { tags: { value: ["a"] }, script_map: { elements: {} } };
  far.service().patch("/assets/scenes/s1/entities/e1", entity_components).reply(200, { anything: true });
  expect(await far.client().updateEntity({ scene_id: "s1", entity_id: "e1", entity_components })).toBeUndefined();
});

it("wants a box of numbers", async () => {
  far
    .service()
    .get("/assets/scenes/s1/aabb")
    .reply(200, { min: [0, "0", 0], max: [1, 1, 1] });
  expect(await far.failureOf(far.client().getSceneAABB({ scene_id: "s1" }))).toMatchObject({
    fieldErrors: { "min.1": ["expected number"] },
  });
});
