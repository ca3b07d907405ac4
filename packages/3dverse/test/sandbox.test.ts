import { createHash, randomBytes } from "node:crypto";
import { failureOf } from "@org/http-core/testing";
import { type Sandbox, startSandbox } from "@org/sandbox";
import { afterEach, expect, it } from "vitest";
import { create3dverse, type Threedverse } from "../src/index.ts";

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

async function open(threeDVerse: NonNullable<Parameters<typeof startSandbox>[0]>["threeDVerse"] = {}) {
  sandbox = await startSandbox({ threeDVerse });
  const { apiKey, rootFolderId, publicToken } = sandbox.threeDVerse.credentials();
  const client = create3dverse({
    credential: { apiKey },
    baseUrl: `${sandbox.origins["3dverse"]}/app/v1`,
    http: { proxy: "none", retry: { baseDelayMs: 0 } },
  });
  return { sandbox, client, rootFolderId, publicToken };
}

const all = async <T>(list: AsyncIterable<T>) => {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
};

it.each([
  { limitCounts: "assets", countHeaders: true, maxLimit: 1000 },
  { limitCounts: "assets", countHeaders: false, maxLimit: 1000 },
  { limitCounts: "each-container", countHeaders: true, maxLimit: 1000 },
  { limitCounts: "each-container", countHeaders: false, maxLimit: 1000 },
] as const)("gives each of 90 assets once: %j", async (settings) => {
  const { sandbox, client, rootFolderId } = await open(settings);
  const made = Array.from({ length: 90 }, (_, index) =>
    sandbox.threeDVerse.addAsset({ type: (["mesh", "scene", "texture", "mesh"] as const)[index % 4] ?? "mesh" }),
  );
  for (const limit of [undefined, 7, 100]) {
    const listed = await all(client.listAssets({ limit }));
    expect(listed.map(({ asset_id }) => asset_id).sort()).toEqual([...made].sort());
    const inFolder = await all(client.getFolderAssets({ folder_id: rootFolderId, limit }));
    expect(inFolder.map(({ asset_id }) => asset_id).sort()).toEqual([...made].sort());
  }
});

it("gives every user, and every upload task of a service without counts", async () => {
  const { sandbox, client } = await open({ countHeaders: false });
  for (let index = 0; index < 23; index += 1) sandbox.threeDVerse.addUser(`user-${index}`);
  expect(new Set((await all(client.listUsers())).map(({ username }) => username)).size).toBe(23);
});

it("waits for what is new only when asked", async () => {
  const { client, sandbox } = await open({ settleMs: 60_000 });
  const { folder_id } = await client.createFolder({ name: "new" });
  sandbox.clearRequests();
  expect(await failureOf(client.getFolderInfo({ folder_id }))).toMatchObject({ code: "not-found" });
  expect(sandbox.requests()).toHaveLength(1);
  const asked = client.getFolderInfo({ folder_id, afterCreate: true });
  sandbox.advanceClock(60_000);
  expect((await asked).name).toBe("new");
});

it.each([1, 100] as const)(
  "waits until files are converted, and names those that are not (progress to %i)",
  async (scale) => {
    const { sandbox, client, rootFolderId } = await open({ progressScale: scale, failingFiles: ["broken*"] });
    const { upload_task_id } = await client.uploadFiles({
      folder_id: rootFolderId,
      files: [
        { content: Buffer.from("o A"), name: "chair.obj" },
        { content: Buffer.from("o B"), name: "broken.obj" },
      ],
    });
    const waiting = client.waitForUploadTask({
      upload_task_id: upload_task_id ?? "",
      intervalMs: 5,
      onProgress: () => sandbox.advanceClock(5_000),
    });
    const { converted, failed } = await waiting;
    expect(converted.map((one) => one.source_file_name)).toEqual(["chair.obj"]);
    expect(failed.map((one) => one.source_file_name)).toEqual(["broken.obj"]);
  },
);

it("fails with the files' names when all is lost", async () => {
  const { sandbox, client, rootFolderId } = await open();
  const uploaded = await client.uploadFiles({
    folder_id: rootFolderId,
    files: [{ content: Buffer.from("o A"), name: "chair.obj" }],
  });
  const upload_task_id = uploaded.upload_task_id ?? "";
  sandbox.threeDVerse.failConversion(upload_task_id);
  sandbox.threeDVerse.finishUploadTask(upload_task_id);
  expect(await failureOf(client.waitForUploadTask({ upload_task_id }))).toMatchObject({
    code: "conversion-failed",
    fieldErrors: { "chair.obj": ["error"] },
  });
  sandbox.threeDVerse.setUploadTaskStatus(upload_task_id, "rejected");
  expect(await failureOf(client.waitForUploadTask({ upload_task_id }))).toMatchObject({ code: "upload-rejected" });
});

it("brings files over unchanged, in the field that is asked for", async () => {
  const { sandbox, client, rootFolderId } = await open({ uploadFieldName: "source", answersUploadTaskId: false });
  const content = randomBytes(3_000_000);
  const files = [{ content, name: "Stühle.glb" }];
  const upload = (fieldName?: string) => client.uploadFiles({ folder_id: rootFolderId, files, fieldName });
  expect(await failureOf(upload())).toMatchObject({ kind: "refusal", status: 400 });
  expect((await upload("source")).upload_task_id).toBeUndefined();
  const [task] = await client.getUploadTasksInFolder({ folder_id: rootFolderId });
  expect(task?.upload_task_id).toBeTypeOf("string");
  expect(sandbox.threeDVerse.uploadTasks().at(-1)?.files).toMatchObject([
    { name: "Stühle.glb", size: 3_000_000, sha256: createHash("sha256").update(content).digest("hex") },
  ]);
});

it("sends an upload that is refused once", async () => {
  const { sandbox, client, rootFolderId } = await open();
  const userToken = sandbox.threeDVerse.issueUserToken({ userId: sandbox.threeDVerse.addUser() });
  const files = [{ content: new Blob([Buffer.alloc(4_000_000)]), name: "large.glb" }];
  sandbox.clearRequests();
  const asked = client.withCredential({ userToken }).uploadFiles({ folder_id: rootFolderId, files, afterCreate: true });
  expect(await failureOf(asked)).toMatchObject({ code: "access-denied" });
  expect(sandbox.requests()).toHaveLength(1);
});

it("says which credential was refused, and why it might be", async () => {
  const { sandbox, client, publicToken } = await open();
  const asked = async (of: Threedverse) => (await failureOf(of.listUsers())).message;
  expect(await asked(client.withCredential({ userToken: publicToken }))).toContain("API key only");
  const user = client.withCredential({
    userToken: sandbox.threeDVerse.issueUserToken({ userId: sandbox.threeDVerse.addUser() }),
  });
  sandbox.threeDVerse.expireTokens();
  const error = await failureOf(user.listFolders());
  expect(error).toMatchObject({ code: "credential-refused", status: 401 });
  expect(error.message).toContain("A user token was sent");
});
