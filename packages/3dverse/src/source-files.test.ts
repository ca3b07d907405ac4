import { expect, it } from "vitest";
import * as far from "./__fixtures__/nock-3dverse.ts";

far.useNock();

const file = (number: number) => ({ source_file_id: `f${number}`, name: `file-${number}.obj`, size: number });

it("gives a list whose count header is missing or no JSON", async () => {
  far
    .service()
    .get("/source-files?offset=0&limit=10")
    .reply(200, [file(1)]);
  far
    .service()
    .get("/source-files?offset=0&limit=10")
    .reply(200, [file(1)], { "x-source-files-count": "many" });
  expect(await far.client().listSourceFiles()).toEqual([file(1)]);
  expect(await far.client().listSourceFiles()).toEqual([file(1)]);
});

it("goes on until the count, and asks not once more", async () => {
  const header = { "x-source-files-count": "12" };
  const first = Array.from({ length: 10 }, (_, index) => file(index));
  far.service().get("/source-files?offset=0&limit=10").reply(200, first, header);
  far
    .service()
    .get("/source-files?offset=10&limit=10")
    .reply(200, [file(10), file(11)], header);
  const names: string[] = [];
  for await (const { name } of far.client().listSourceFiles()) names.push(name);
  expect(names).toHaveLength(12);
});

it("deletes with a body, the assets only when told", async () => {
  far
    .service()
    .delete("/source-files", { source_file_ids: ["f1"], delete_assets: true })
    .reply(204);
  await far.client().deleteSourceFiles({ source_file_ids: ["f1"], delete_assets: true });
});
