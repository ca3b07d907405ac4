import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, jsonOf, linkTo, signInTo } from "../../test/ask.ts";
import { type Fault, type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
let link: string;
beforeEach(async () => {
  sandbox = await startSandbox();
  link = await linkTo(sandbox, await signInTo(sandbox));
});
afterEach(() => sandbox.close());

describe("aim", () => {
  const statusOfBlog = async () => (await ask(`${sandbox.origins.blog}/wp-json/status-api/v1/latest`)).status;

  test("times, afterMatches, method, path and host choose the requests", async () => {
    sandbox.addFault({
      host: "*",
      path: "*latest",
      method: "get",
      times: 2,
      afterMatches: 1,
      kind: "status",
      status: 503,
    });
    const statuses = [];
    for (let count = 0; count < 5; count++) statuses.push(await statusOfBlog());
    expect(statuses).toEqual([200, 503, 503, 200, 200]);
    expect(sandbox.faults()).toEqual([expect.objectContaining({ matched: 5, fired: 2 })]);
    expect((await ask(`${sandbox.origins.feeds}/cats-files/fx/blender_assets.cats.txt`)).status).toBe(200);
  });

  test("a fault that could not take effect keeps its turn", async () => {
    sandbox.addFault({ host: "cdn", kind: "cut", afterBytes: 500, times: 1 });
    await ask(link, { headers: { range: "bytes=0-9" } });
    expect(sandbox.faults()).toEqual([expect.objectContaining({ matched: 1, fired: 0 })]);
    expect((await ask(link)).failure).toBeDefined();
    expect((await ask(link)).failure).toBeUndefined();
  });

  test("two requests at once cannot both take the one turn", async () => {
    sandbox.addFault({ host: "cdn", kind: "cut", afterBytes: 500, times: 1 });
    const answers = await Promise.all([ask(link), ask(link), ask(link)]);
    expect(answers.filter((answer) => answer.failure !== undefined)).toHaveLength(1);
  });

  test("a fault can be removed alone", async () => {
    const id = sandbox.addFault({ host: "blog", kind: "status", status: 500 });
    expect([sandbox.removeFault(id), sandbox.removeFault(id)]).toEqual([true, false]);
    expect(await statusOfBlog()).toBe(200);
  });
});

test.each([
  [{ host: "cdn", kind: "cut", afterByte: 1 }, '"afterByte" is not known here; did you mean "afterBytes"?'],
  [{ host: "cdn", kind: "stal" }, '"kind" is not one of those known: stall, cut'],
  [{ host: "cnd", kind: "stall" }, '"host" is wrong'],
  [{ host: "cdn", kind: "wrong-length", by: 0 }, '"by" is wrong: must not be 0'],
])("a wrong fault is refused, in process and with 400: %j", async (fault, sentence) => {
  expect(() => sandbox.addFault(fault as Fault)).toThrow(sentence);
  const answer = await ask(`${sandbox.control}/_sandbox/faults`, { method: "POST", body: JSON.stringify(fault) });
  expect([answer.status, jsonOf(answer)]).toEqual([400, { message: expect.stringContaining(sentence) }]);
  expect(sandbox.faults()).toEqual([]);
});
