import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-3dverse.ts";

far.useNock();

const mesh = { asset_container: "meshes", asset_id: "m1" } as const;

it("types a description by its container", async () => {
  far
    .service()
    .get("/assets/materials/m1/description")
    .reply(200, { name: "Oak", uuid: "m1", dataJson: { roughness: 1 }, isDoubleSided: true });
  const oak = await far.client().getAssetDescription({ asset_container: "materials", asset_id: "m1" });
  expect(oak.dataJson?.roughness).toBe(1);
  expect(oak.uuid).toBe("m1");
});

it("takes containers and types that no document tells", async () => {
  far
    .service()
    .get("/assets?offset=0&limit=10")
    .reply(200, { holograms: [{ asset_id: "h", name: null }] });
  far.service().get("/assets/meshes/m1/details").reply(200, { asset_id: "m1", name: "Chair", type: "hologram" });
  expect((await far.client().listAssets()).holograms).toHaveLength(1);
  expect((await far.client().getAssetDetails(mesh)).type).toBe("hologram");
});

it("sends ids to delete in the body of a DELETE", async () => {
  far.service().delete("/assets", ["m1", "m2"]).reply(204);
  await far.client().deleteAssets({ asset_ids: ["m1", "m2"] });
});

it("gives code as text, and names an error or a page that comes instead", async () => {
  const shader = { asset_container_with_code: "shaders", asset_id: "s1" } as const;
  far.service().get("/assets/shaders/s1/code").reply(200, "{ void main() }");
  expect(await far.client().getAssetCode(shader)).toBe("{ void main() }");
  far.service().get("/assets/shaders/s1/code").reply(200, { errorCode: 9, message: "No code" });
  expect(await far.failureOf(far.client().getAssetCode(shader))).toMatchObject({ code: "answer-holds-error" });
  far.service().get("/assets/shaders/s1/code").reply(200, "<!doctype html><title>Sign in</title>");
  expect(await far.failureOf(far.client().getAssetCode(shader))).toMatchObject({ code: "not-text" });
});

describe("setAssetThumbnail", () => {
  it.each([
    ["image/png", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1)],
    ["image/jpg", new Blob([Uint8Array.of(0xff, 0xd8, 0xff)])],
    ["image/jpg", Uint8Array.of(0xff, 0xd8).buffer],
  ])("reads the type %s from the first bytes", async (type, body) => {
    far.service().put("/assets/meshes/m1/thumbnail").matchHeader("content-type", type).reply(204);
    await far.client().setAssetThumbnail({ ...mesh, body });
  });

  it.each([Uint8Array.of(1, 2), "picture", undefined])("sends nothing that is no picture (%#)", async (body) => {
    const asked = far.client().setAssetThumbnail({ ...mesh, body: body as Uint8Array });
    expect(await far.failureOf(asked)).toMatchObject({ code: "argument-invalid" });
  });
});

it("refuses windows that cannot be meant", async () => {
  for (const window of [{ limit: 0 }, { limit: Number.NaN }, { offset: -1 }, { offset: 1.5 }]) {
    expect(await far.failureOf(far.client().listAssets(window))).toMatchObject({ code: "argument-invalid" });
  }
  const asked = far.client().getAssetDependencies({ ...mesh, depth: Number.POSITIVE_INFINITY });
  expect(await far.failureOf(asked)).toMatchObject({ code: "argument-invalid" });
});
