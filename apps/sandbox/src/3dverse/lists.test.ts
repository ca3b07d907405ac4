import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { call } from "../../test/ask-3dverse.ts";
import { type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
let folderId: string;
beforeEach(async () => {
  sandbox = await startSandbox();
  folderId = sandbox.threeDVerse.addFolder();
});
afterEach(() => sandbox.close());

const add = (type: "mesh" | "scene" | "texture_1d", name: string, folder = folderId, dependencies: string[] = []) =>
  sandbox.threeDVerse.addAsset({ type, name, folderId: folder, dependencies });
/** Container to names. */
async function named(path: string): Promise<Record<string, string[]>> {
  const { value, status, bytes } = await call(sandbox, `GET ${path}`);
  if (status !== 200) throw new Error(`${path}: ${status} ${bytes}`);
  const lists = Object.entries(value as Record<string, { name: string }[]>);
  return Object.fromEntries(lists.map(([container, assets]) => [container, assets.map(({ name }) => name)]));
}

describe("pages", () => {
  test("are of 10 unless asked otherwise, and end with an empty one", async () => {
    for (let index = 0; index < 12; index++) sandbox.threeDVerse.addUser(`user ${index}`);
    const length = async (query: string) => (await call(sandbox, `GET /users${query}`)).value.length;
    expect(await Promise.all(["", "?offset=10", "?offset=12", "?offset=3&limit=4"].map(length))).toEqual([10, 2, 0, 4]);
  });

  test.each(["limit=0", "limit=1001", "limit=-1", "limit=ten", "offset=-1", "offset=1.5"])(
    "refuse %s",
    async (query) => {
      const answer = await call(sandbox, `GET /users?${query}`);
      expect([answer.status, answer.value.message]).toEqual([400, expect.stringMatching(/offset|limit/)]);
    },
  );

  test("of assets count all of them, or those of each container", async () => {
    for (const name of ["a", "b", "c"]) {
      add("mesh", `mesh ${name}`);
      add("texture_1d", `ramp ${name}`);
    }
    expect(await named(`/folders/${folderId}/assets?offset=1&limit=3`)).toEqual({
      textures_1d: ["ramp a", "ramp b"],
      meshes: ["mesh b"],
    });
    sandbox.threeDVerse.configure({ limitCounts: "each-container" });
    expect(await named(`/folders/${folderId}/assets?offset=1&limit=1`)).toEqual({
      meshes: ["mesh b"],
      textures_1d: ["ramp b"],
    });
  });
});

describe("filters of assets", () => {
  test("take a type, several in each spelling of brackets, or a part of the name", async () => {
    for (const type of ["mesh", "scene", "texture_1d"] as const) add(type, `Oak ${type}`);
    const path = `/folders/${folderId}/assets`;
    expect(await named(`${path}?filter[asset_type]=mesh`)).toEqual({ meshes: ["Oak mesh"] });
    const two = { meshes: ["Oak mesh"], scenes: ["Oak scene"] };
    for (const query of [
      "filter[asset_type][0]=mesh&filter[asset_type][1]=scene",
      "filter%5Basset_type%5D%5B0%5D=mesh&filter%5Basset_type%5D%5B1%5D=scene",
      "filter[asset_type][]=mesh&filter[asset_type][]=scene",
      "filter[asset_type]=mesh&filter[asset_type]=scene",
    ])
      expect(await named(`${path}?${query}`), query).toEqual(two);
    expect(await named(`${path}?filter[asset_name]=oak+sc`)).toEqual({ scenes: ["Oak scene"] });
    expect(await named("/assets?filter[asset_name]=%20texture")).toEqual({ textures_1d: ["Oak texture_1d"] });
    expect(await named(`${path}?filter[source_file]=exclude`)).toMatchObject(two);
    expect(await named(`${path}?filter[source_file]=11111111-2222-4333-8444-555555555555`)).toEqual({});
  });

  test.each([
    "filters[asset_type]=mesh",
    "filter[asset_types]=mesh",
    "filter[asset_type]=meshes",
    "filter={}",
    "filter[asset_type=mesh",
    "filter[asset_type]=mesh&filter[asset_type][a]=b",
    "recursive=yes",
    "sort=name",
  ])("refuse %s", async (query) => {
    expect((await call(sandbox, `GET /folders/${folderId}/assets?${query}`)).status).toBe(400);
  });

  test("public assets are listed for users who ask for them", async () => {
    add("mesh", "shared", sandbox.threeDVerse.credentials().publicFolderId);
    const as = { user_token: sandbox.threeDVerse.issueUserToken({ userId: sandbox.threeDVerse.addUser() }) };
    const listed = async (query: string) => Object.keys((await call(sandbox, `GET /assets${query}`, { as })).value);
    expect(await listed("")).toEqual([]);
    expect(await listed("?filter[include_public_assets]=true")).toEqual(["meshes"]);
  });
});

test("a folder's assets are its own, or with those below it; the header counts them all by type", async () => {
  const below = sandbox.threeDVerse.addFolder({ parentFolderId: folderId });
  for (const name of ["a", "b"]) add("mesh", name);
  add("scene", "c", below);
  const path = `/folders/${folderId}/assets?limit=1`;
  const count = async (query: string) => (await call(sandbox, `GET ${path}${query}`)).headers["x-assets-count"];
  expect(JSON.parse((await count("")) ?? "")).toEqual({ total: 2, mesh: 2 });
  expect(JSON.parse((await count("&recursive=true")) ?? "")).toEqual({ total: 3, mesh: 2, scene: 1 });
  sandbox.threeDVerse.configure({ countHeaders: false });
  expect(await count("")).toBeUndefined();
  expect((await call(sandbox, "GET /source-files")).headers["x-source-files-count"]).toBeUndefined();
});

test("dependencies go as deep as asked, by type and by whether they are public", async () => {
  const { publicFolderId } = sandbox.threeDVerse.credentials();
  const ramp = add("texture_1d", "ramp", publicFolderId);
  const mesh = add("mesh", "mesh", folderId, [ramp]);
  const inner = add("scene", "inner", folderId, [mesh]);
  const outer = add("scene", "outer", folderId, [inner, mesh]);
  const found = async (query: string) => {
    const answer = await call(sandbox, `GET /assets/scenes/${outer}/dependencies?${query}`);
    return answer.value.map((one: { asset_id: string }) => one.asset_id);
  };
  expect(await found("")).toEqual([inner, mesh, ramp]);
  expect(await found("depth=direct")).toEqual([inner, mesh]);
  expect(await found("depth=2&offset=2")).toEqual([ramp]);
  expect(await found("filters[with_asset_types][0]=mesh")).toEqual([mesh]);
  expect(await found("filters[without_asset_types]=mesh&filters[public]=exclude")).toEqual([inner]);
  expect(await found("filters[public]=restrict-to")).toEqual([ramp]);
  const full = await call(
    sandbox,
    `GET /assets/scenes/${outer}/dependencies?limit=2&properties[]=count&properties[]=dependencies&properties[]=accessible&properties[]=payload_info`,
  );
  expect(full.value[1]).toEqual({
    asset_id: mesh,
    asset_type: "mesh",
    properties: {
      direct_count: 1,
      indirect_count: 1,
      is_accessible: true,
      dependencies: [{ asset_id: ramp, count: 1 }],
      payload_info: { hash: expect.stringMatching(/^[0-9a-f]{64}$/), storage_id: expect.any(Number) },
    },
  });
  expect((await call(sandbox, `GET /assets/meshes/${mesh}/references?limit=1&offset=1`)).value).toEqual([
    { asset_id: outer, asset_type: "scene" },
  ]);
});
