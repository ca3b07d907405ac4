import { createHash } from "node:crypto";
import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { call, formOf } from "../../test/ask-3dverse.ts";
import { type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
let folder: string;
beforeEach(async () => {
  sandbox = await startSandbox({ threeDVerse: { stepMs: 60_000, conversionMs: 600_000 } });
  folder = `/folders/${sandbox.threeDVerse.addFolder()}`;
});
afterEach(() => sandbox.close());

async function upload(files: Record<string, string>, fieldName?: string): Promise<string> {
  const answer = await call(sandbox, `POST ${folder}/source-files`, formOf(files, fieldName));
  expect(answer.status, String(answer.bytes)).toBe(201);
  return answer.value.upload_task_id;
}
const taskOf = async (id: string) => (await call(sandbox, `GET /upload-tasks/${id}`)).value;
const assets = async () => (await call(sandbox, `GET ${folder}/assets`)).value;

describe("an upload task", () => {
  test("goes through its steps as the clock does, and its files one after the other", async () => {
    const id = await upload({ "a.fbx": "1", "b.png": "2" });
    const seen = async () => {
      const { status, progress, conversion_tasks: conversions } = await taskOf(id);
      return [status, progress, ...conversions.map((one: { status: string }) => one.status)];
    };
    expect(await seen()).toEqual(["waiting", 0]);
    sandbox.advanceClock(60_000);
    expect(await seen()).toEqual(["downloading", 0]);
    sandbox.advanceClock(60_000);
    expect(await seen()).toEqual(["pending", 0, "pending", "pending"]);
    sandbox.advanceClock(60_000);
    expect(await seen()).toEqual(["converting", 0, "converting", "pending"]);
    expect(await assets()).toEqual({});
    sandbox.advanceClock(300_000);
    expect(await seen()).toEqual(["converting", 0.5, "success", "converting"]);
    expect(Object.keys(await assets()).sort()).toEqual(["materials", "meshes", "scenes"]);
    sandbox.advanceClock(300_000);
    expect(await seen()).toEqual(["success", 1, "success", "success"]);
    expect(Object.keys(await assets())).toContain("textures");
    sandbox.threeDVerse.configure({ progressScale: 100 });
    expect((await taskOf(id)).progress).toBe(100);
  });

  test("shows the conversion's number only where it is told to", async () => {
    const id = await upload({ "a.fbx": "1" });
    sandbox.threeDVerse.finishUploadTask(id);
    const { conversionTaskId } = sandbox.threeDVerse.uploadTasks()[0]?.conversions[0] ?? {};
    expect((await taskOf(id)).conversion_tasks[0]).not.toHaveProperty("conversion_task_id");
    sandbox.threeDVerse.configure({ showsConversionTaskIds: true });
    expect((await taskOf(id)).conversion_tasks[0]).toMatchObject({ conversion_task_id: conversionTaskId });
  });

  test("fails by file: all of them is an error, some of them what the settings say", async () => {
    sandbox.threeDVerse.configure({ failingFiles: ["broken*"] });
    const [all, some] = [await upload({ "broken.fbx": "1" }), await upload({ "broken-2.fbx": "1", "good.png": "2" })];
    for (const id of [all, some]) sandbox.threeDVerse.finishUploadTask(id);
    expect((await taskOf(all)).status).toBe("error");
    expect(await taskOf(some)).toMatchObject({
      status: "success",
      conversion_tasks: [{ status: "error" }, { status: "success" }],
    });
    sandbox.threeDVerse.configure({ partialFailureStatus: "error" });
    expect((await taskOf(some)).status).toBe("error");
    expect(Object.keys(await assets())).toEqual(["textures"]);
  });

  test("can be told to fail, to be rejected and to end, in process and over HTTP", async () => {
    const [failing, rejected] = [await upload({ "a.fbx": "1" }), await upload({ "b.fbx": "1" })];
    sandbox.threeDVerse.failConversion(failing, "a.fbx");
    sandbox.threeDVerse.setUploadTaskStatus(rejected, "rejected");
    sandbox.patchState({ threeDVerse: { uploadTasks: [{ uploadTaskId: failing }] } });
    expect((await taskOf(failing)).status).toBe("error");
    sandbox.advanceClock(3_600_000);
    expect((await taskOf(rejected)).status).toBe("rejected");
    expect(sandbox.state().threeDVerse.uploadTasks.map(({ status }) => status)).toEqual(["error", "rejected"]);
    expect(await assets()).toEqual({});
    expect(() => sandbox.threeDVerse.failConversion(failing, "a.fbx")).toThrow("was converted already");
    expect(() => sandbox.threeDVerse.failConversion(failing, "c.fbx")).toThrow("converts no file c.fbx");
    expect(() => sandbox.threeDVerse.finishUploadTask("x")).toThrow("There is no upload task x");
  });

  test("converts no file that belongs to another, and fails for formats that nobody knows", async () => {
    const id = await upload({ "a.gltf": "1", "a.bin": "2", "letter.docx": "3" });
    sandbox.threeDVerse.finishUploadTask(id);
    expect((await taskOf(id)).conversion_tasks).toMatchObject([
      { source_file_name: "a.gltf", status: "success" },
      { source_file_name: "letter.docx", status: "error", conversion_pipeline: "auto-detect" },
    ]);
  });
});

describe("an upload", () => {
  test("comes in any form field, or in the one that is set", async () => {
    await upload({ "a.obj": "1" }, "whatever");
    sandbox.threeDVerse.configure({ uploadFieldName: "files" });
    await upload({ "a.obj": "1" }, "files");
    const wrong = await call(sandbox, `POST ${folder}/source-files`, formOf({ "a.obj": "1" }, "file"));
    expect([wrong.status, wrong.value.message]).toEqual([
      400,
      "Files must come in the form field files; one came in file.",
    ]);
    expect(sandbox.threeDVerse.uploadTasks().map(({ files }) => files[0]?.fieldName)).toEqual(["whatever", "files"]);
  });

  test("may be answered without a task, and is refused when too large, empty or no form", async () => {
    sandbox.threeDVerse.configure({ answersUploadTaskId: false, maxUploadBytes: 10 });
    const status = async (asking: object) => (await call(sandbox, `POST ${folder}/source-files`, asking)).status;
    const answer = await call(sandbox, `POST ${folder}/source-files`, formOf({ "a.obj": "1" }));
    expect([answer.status, answer.value]).toEqual([201, {}]);
    expect(await status(formOf({ "a.obj": "123456", "b.obj": "12345" }))).toBe(413);
    expect(await status(formOf({}))).toBe(400);
    expect(await status({ json: {} })).toBe(400);
    const broken = formOf({ "a.obj": "1" });
    expect(await status({ ...broken, body: String(broken.body).slice(0, -8) })).toBe(400);
    expect(sandbox.threeDVerse.uploadTasks()).toHaveLength(1);
  });

  test("is counted and summed as it streams, and given back in as many bytes, always the same", async () => {
    const piece = Buffer.alloc(1024 * 1024, "3dverse");
    const pieces = 24;
    const head = '--B\r\nContent-Disposition: form-data; name="f"; filename="big.ifc"\r\n\r\n';
    const sum = createHash("sha256");
    await new Promise<void>((resolve, reject) => {
      const sending = request(
        `${sandbox.origins["3dverse"]}/app/v1${folder}/source-files`,
        {
          method: "POST",
          headers: {
            api_key: sandbox.threeDVerse.credentials().apiKey,
            "content-type": "multipart/form-data; boundary=B",
          },
        },
        (response) => response.resume().on("end", () => resolve()),
      );
      sending.on("error", reject);
      sending.write(head);
      for (let index = 0; index < pieces; index++) {
        sum.update(piece);
        sending.write(piece);
      }
      sending.end("\r\n--B--\r\n");
    });
    const size = pieces * piece.length;
    const file = sandbox.threeDVerse.uploadTasks()[0]?.files[0];
    expect(file).toMatchObject({ name: "big.ifc", size, sha256: sum.digest("hex") });
    const bytes = async () => (await call(sandbox, `GET /source-files/${file?.sourceFileId}`)).bytes;
    const first = await bytes();
    expect([first.length, first.equals(await bytes())]).toEqual([size, true]);
  });

  test("that breaks off leaves nothing, and one whose answer is lost leaves its task", async () => {
    sandbox.addFault({ host: "3dverse", kind: "cut-upload", afterBytes: 100, times: 1 });
    const cut = await call(sandbox, `POST ${folder}/source-files`, formOf({ "a.obj": "x".repeat(10_000) }));
    expect([cut.status, sandbox.threeDVerse.uploadTasks()]).toEqual([undefined, []]);
    sandbox.addFault({ host: "3dverse", kind: "refuse", afterHandling: true, times: 1 });
    const lost = await call(sandbox, `POST ${folder}/source-files`, formOf({ "a.obj": "x" }));
    expect([lost.status, sandbox.threeDVerse.uploadTasks().length]).toEqual([undefined, 1]);
    expect(sandbox.requests({ host: "3dverse" }).map(({ faults }) => faults)).toEqual([["cut-upload"], ["refuse"]]);
  });
});

test("deleting source files leaves their assets, or takes them too unless others use them", async () => {
  const id = await upload({ "a.fbx": "1" });
  sandbox.threeDVerse.finishUploadTask(id);
  const [{ asset_id: scene }] = (await assets()).scenes;
  const fileId = sandbox.threeDVerse.uploadTasks()[0]?.files[0]?.sourceFileId;
  const user = sandbox.threeDVerse.addAsset({ type: "scene", dependencies: [scene] });
  const remove = async (delete_assets: boolean) =>
    (await call(sandbox, "DELETE /source-files", { json: { source_file_ids: [fileId], delete_assets } })).status;
  expect(await remove(true)).toBe(409);
  expect((await call(sandbox, `DELETE /assets/scenes/${scene}`)).status).toBe(409);
  expect(await remove(false)).toBe(204);
  expect((await call(sandbox, `GET /assets/scenes/${scene}/source-file`)).status).toBe(404);
  expect((await call(sandbox, "DELETE /assets", { json: [user, scene] })).status).toBe(204);
  expect(await remove(true)).toBe(404);
});
