import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { jsonOf } from "../../test/ask.ts";
import { askKaedim, jsonAsking, order, smallestOrder } from "../../test/kaedim.ts";
import { type Sandbox, startSandbox } from "../index.ts";

const hourMs = 60 * 60 * 1000;

let sandbox: Sandbox;
let jwt: string;
let devID: string;
beforeEach(async () => {
  sandbox = await startSandbox();
  jwt = sandbox.kaedim.issueJwt();
  devID = sandbox.kaedim.credentials().devId;
});
afterEach(() => sandbox.close());

const call = (path: string, asking = {}) => askKaedim(sandbox, path, jwt, asking);
const register = (body: object, headers = {}) =>
  call("/registerHook", jsonAsking(body, { authorization: null, ...headers }));
const refresh = (headers = {}, body: object = { devID }) => {
  const { refreshToken } = sandbox.kaedim.credentials();
  return call("/refreshJWT", jsonAsking(body, { authorization: null, "refresh-token": refreshToken, ...headers }));
};

describe("registerHook", () => {
  const destination = "https://hooks.example.com/kaedim";

  test("the first answers with JWT and refresh token, a repeat as the document shows it", async () => {
    const first = await register({ devID, destination });
    expect([first.status, jsonOf(first)]).toEqual([
      201,
      {
        status: "success",
        message: "Webhook registered successfully",
        jwt: expect.stringMatching(/^eyJ/),
        refreshToken: sandbox.kaedim.credentials().refreshToken,
      },
    ]);
    const again = await register({ devID, destination: `${destination}/2` });
    expect([again.status, jsonOf(again)]).toEqual([
      201,
      { status: "success", message: "Webhook already registered", jwt: expect.stringMatching(/^eyJ/) },
    ]);
    expect(sandbox.kaedim.hook()).toBe(`${destination}/2`);
  });

  test("a repeat may give no JWT and keep the first destination", async () => {
    sandbox.kaedim.configure({ repeatedRegistration: "no-jwt", replacesHook: false });
    await register({ devID, destination });
    expect(jsonOf(await register({ devID, destination: `${destination}/2` }))).not.toHaveProperty("jwt");
    expect(sandbox.kaedim.hook()).toBe(destination);
  });

  test.each([
    [{ devID: "nobody", destination }, {}, 404, "User does not exist"],
    [{}, { "x-api-key": "another-key" }, 404, "User does not exist"],
    [{}, { "x-api-key": null }, 400, "X-API-Key"],
    [{ devID: undefined, destination }, {}, 400, "devID"],
    [{ destination: "not a url" }, {}, 400, "destination"],
    [{ destination: "ftp://127.0.0.1/" }, {}, 400, "destination"],
    [{}, { "content-type": "text/plain" }, 400, "Content-Type"],
  ])("is refused: %j %j", async (body, headers, status, word) => {
    const answer = await register({ devID, destination, ...body }, headers);
    expect([answer.status, jsonOf(answer)]).toEqual([
      status,
      { status: "error", message: expect.stringContaining(word) },
    ]);
    expect(sandbox.kaedim.hook()).toBeNull();
  });
});

describe("the JWT", () => {
  test("a refresh gives a new one and kills the one before", async () => {
    const answer = await refresh();
    expect([answer.status, jsonOf(answer)]).toEqual([
      200,
      { status: "success", message: expect.stringContaining("JWT refreshed"), jwt: expect.any(String), devID },
    ]);
    const { jwt: newer } = jsonOf(answer) as { jwt: string };
    expect((await call(`/fetchProjects?devID=${devID}`)).status).toBe(401);
    expect((await askKaedim(sandbox, `/fetchProjects?devID=${devID}`, newer)).status).toBe(200);
    expect((await call("/refreshjwt", jsonAsking({ devID }, { authorization: null }))).status).toBe(400);
  });

  test.each([
    [{ "x-api-key": null }, "X-API-Key"],
    [{ "refresh-token": null }, "refresh-token"],
    [{ "refresh-token": "another-token" }, "refresh token"],
    [{ "x-api-key": "another-key" }, "API key"],
  ])("no refresh with %j", async (headers, word) => {
    const answer = await refresh(headers);
    expect([answer.status, jsonOf(answer)]).toEqual([
      400,
      {
        status: "error",
        message: "Request failed, please check your api-key and refresh-token and try again",
        cause: expect.stringContaining(word),
      },
    ]);
    expect((await call(`/fetchProjects?devID=${devID}`)).status).toBe(200);
  });

  test("it lives twelve hours of the sandbox's time", async () => {
    sandbox.advanceClock(12 * hourMs - 60_000);
    expect((await call(`/fetchProjects?devID=${devID}`)).status).toBe(200);
    sandbox.advanceClock(60_000);
    const answer = await call(`/fetchProjects?devID=${devID}`);
    expect([answer.status, jsonOf(answer)]).toEqual([401, { status: "error", message: "Unauthorized: JWT expired" }]);
  });

  test.each([
    ["both", 200, 200],
    ["bearer", 200, 401],
    ["raw", 401, 200],
  ] as const)("authorization %s: Bearer %i, alone %i", async (authorization, bearer, raw) => {
    sandbox.kaedim.configure({ authorization });
    const statusWith = async (text: string) =>
      (await call(`/fetchProjects?devID=${devID}`, { headers: { authorization: text } })).status;
    expect([await statusWith(`Bearer ${jwt}`), await statusWith(jwt)]).toEqual([bearer, raw]);
  });

  test.each([
    { "x-api-key": null },
    { "x-api-key": "another-key" },
    { authorization: null },
    { authorization: "Bearer x" },
  ])("every other call is 401 with %j", async (headers) => {
    const paths = ["fetchRequest", "fetchAll", "fetchProjects"].map((name) => `/${name}?devID=${devID}&requestID=1`);
    const answers = [
      ...(await Promise.all(paths.map((path) => call(path, { headers })))),
      await call("/process", jsonAsking(smallestOrder(sandbox), headers)),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(sandbox.kaedim.requests()).toEqual([]);
  });
});

test("the state shows and changes credits, requests, hook and settings; a wrong patch changes nothing", async () => {
  const requestID = await order(sandbox, jwt);
  sandbox.patchState({
    kaedim: {
      credits: 7,
      hook: "http://127.0.0.1:1/",
      outcome: "uploaded",
      requests: [{ requestID, status: "cancelled" }],
    },
  });
  expect(sandbox.state().kaedim).toMatchObject({
    credits: 7,
    hook: "http://127.0.0.1:1/",
    settings: { outcome: "uploaded" },
    requests: [{ requestID, status: "cancelled" }],
    jwtExpiresAt: expect.any(String),
  });
  sandbox.patchState({ kaedim: { expireJwt: true } });
  expect((await call(`/fetchProjects?devID=${devID}`)).status).toBe(401);
  const wrong = { credits: 1, requests: [{ requestID: "nothing" }] };
  expect(() => sandbox.patchState({ kaedim: wrong, strict: false })).toThrow("There is no Kaedim request nothing.");
  expect(() => sandbox.patchState({ kaedim: { credit: 1 } as never })).toThrow('"kaedim.credit" is not known');
  expect([sandbox.kaedim.credits(), sandbox.state().strict]).toEqual([7, true]);
});
