import { createFakeClock } from "@org/http-core/testing";
import { expect, it } from "vitest";
import * as far from "./__fixtures__/nock-3dverse.ts";

far.useNock();

const file = (name: string, status: string) => ({
  source_file_name: name,
  asset_id: `of ${name}`,
  status,
  progress: 1,
});
const task = (status: string, conversion_tasks: unknown[] = []) => ({
  upload_task_id: "t1",
  status,
  progress: 0.5,
  conversion_tasks,
});

async function waiting(answers: unknown[], options: object = {}) {
  for (const answer of answers)
    far
      .service()
      .get("/upload-tasks/t1")
      .reply(200, answer as object);
  const clock = createFakeClock();
  const client = far.client({ ...far.quick, clock });
  const seen: string[] = [];
  const result = client
    .waitForUploadTask({ upload_task_id: "t1", onProgress: ({ status }) => void seen.push(status), ...options })
    .then(
      (value) => ({ value, error: undefined }),
      (error: unknown) => ({ value: undefined, error }),
    );
  let over = false;
  void result.then(() => {
    over = true;
  });
  while (!over) {
    if (clock.sleepers > 0) await clock.advance(2_000);
    else await new Promise((resolve) => setImmediate(resolve));
  }
  return { ...(await result), seen };
}

it("waits through every other state, known or not, and tells what became of each file", async () => {
  const files = [file("chair.obj", "success"), file("broken.fbx", "error")];
  const { value, seen } = await waiting([
    task("waiting"),
    task("downloading"),
    task("thinking"),
    task("converting", [file("chair.obj", "pending")]),
    task("success", files),
  ]);
  expect(seen).toEqual(["waiting", "downloading", "thinking", "converting", "success"]);
  expect(value?.converted).toEqual([files[0]]);
  expect(value?.failed).toEqual([files[1]]);
});

it.each([
  ["error", "conversion-failed"],
  ["rejected", "upload-rejected"],
])("fails on %s with %s and the status of each file", async (status, code) => {
  const { error } = await waiting([task(status, [file("chair.obj", "success"), file("b.fbx", "error")])]);
  expect(error).toMatchObject({
    code,
    kind: "refusal",
    retryable: false,
    fieldErrors: { "chair.obj": ["success"], "b.fbx": ["error"] },
  });
  expect(String(error)).toContain("Not converted: b.fbx");
});

it("takes a task without its files, and one that is missing for a moment when asked", async () => {
  expect((await waiting([{ upload_task_id: "t1", status: "success" }])).value?.converted).toEqual([]);
  far.service().get("/upload-tasks/t1").reply(404, {});
  expect((await waiting([task("success")], { afterCreate: true })).value?.task.status).toBe("success");
});

it("ends when the time is over", async () => {
  const { error, seen } = await waiting([task("converting"), task("converting")], { deadlineMs: 3_000 });
  expect(error).toMatchObject({ code: "deadline-passed" });
  expect(seen).toHaveLength(2);
});
