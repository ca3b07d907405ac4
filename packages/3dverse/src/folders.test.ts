import { expect, it } from "vitest";
import * as far from "./__fixtures__/nock-3dverse.ts";

far.useNock();

const folder = { folder_id: "f1", name: "my-folder" };

it("reads folders in folders in folders", async () => {
  const tree = {
    ...folder,
    subfolders: [{ folder_id: "f2", name: "a", subfolders: [{ folder_id: "f3", name: "b" }] }],
  };
  far.service().get("/folders/f1").reply(200, tree);
  const read = await far.client().getFolderInfo({ folder_id: "f1" });
  expect(read.subfolders?.[0]?.subfolders?.[0]?.name).toBe("b");
  far
    .service()
    .get("/folders/f1")
    .reply(200, { ...folder, subfolders: [{ folder_id: "f2", name: "a", subfolders: [{ name: "b" }] }] });
  expect(await far.failureOf(far.client().getFolderInfo({ folder_id: "f1" }))).toMatchObject({
    fieldErrors: { "subfolders.0.subfolders.0.folder_id": ["expected string"] },
  });
});

it("sends bare arrays to move, and never an empty one", async () => {
  far.service().put("/folders/f1", ["f2", "f3"]).reply(204);
  await far.client().moveFolders({ folder_id: "f1", folder_ids: ["f2", "f3"] });
  for (const folder_ids of [[], [""], "f2"]) {
    const asked = far.client().moveFolders({ folder_id: "f1", folder_ids: folder_ids as string[] });
    expect(await far.failureOf(asked)).toMatchObject({ code: "argument-invalid", neverSent: true });
  }
});

it("does not repeat a delete whose answer was lost", async () => {
  far
    .service()
    .delete("/folders/f1")
    .replyWithError(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
  const error = await far.failureOf(far.client().deleteFolder({ folder_id: "f1" }));
  expect(error).toMatchObject({ kind: "transport", code: "connection-reset" });
});

it("repeats reading on trouble, and gives up after four requests", async () => {
  far.service().get("/folders/f1").times(2).reply(503);
  far.service().get("/folders/f1").reply(200, folder);
  expect(await far.client().getFolderInfo({ folder_id: "f1" })).toEqual(folder);
  far.service().get("/folders/f1").times(4).reply(502, "<html><body>Bad gateway</body></html>");
  const error = await far.failureOf(far.client().getFolderInfo({ folder_id: "f1" }));
  expect(error).toMatchObject({ code: "http-502", retryable: true });
  expect(error.message).toContain("Bad gateway");
});
