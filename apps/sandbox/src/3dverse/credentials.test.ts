import { afterEach, beforeEach, expect, test } from "vitest";
import { ask, signInTo } from "../../test/ask.ts";
import { call } from "../../test/ask-3dverse.ts";
import { type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const hourMs = 3_600_000;

test("none is 401, a wrong one 403, two at once 400, each in the service's error shape", async () => {
  const none = await call(sandbox, "GET /folders", { as: {} });
  expect([none.status, none.value]).toEqual([
    401,
    { errorCode: 4010, message: "A credential is missing: one of the headers api_key, user_token, guest_token." },
  ]);
  for (const as of [
    { api_key: "other-key-of-mine" },
    { user_token: "nobody-has-this" },
    { guest_token: "nor-this-one" },
  ])
    expect((await call(sandbox, "GET /folders", { as: as as Record<string, string> })).status).toBe(403);
  const { apiKey } = sandbox.threeDVerse.credentials();
  const userToken = sandbox.threeDVerse.issueUserToken({ userId: sandbox.threeDVerse.addUser() });
  const two = await call(sandbox, "GET /folders", { as: { api_key: apiKey, user_token: userToken } });
  expect([two.status, two.value.errorCode]).toEqual([400, 4000]);
  expect(sandbox.requests().at(-1)?.refusal).toBe("Only one credential may be sent; these came: api_key, user_token.");
});

test("each credential passes in its own header alone", async () => {
  const { apiKey, publicToken } = sandbox.threeDVerse.credentials();
  const userToken = sandbox.threeDVerse.issueUserToken({ userId: sandbox.threeDVerse.addUser() });
  const statuses = async (value: string) =>
    Promise.all(
      ["api_key", "user_token", "guest_token"].map(
        async (header) => (await call(sandbox, "GET /folders", { as: { [header]: value } })).status,
      ),
    );
  expect(await statuses(apiKey)).toEqual([200, 403, 403]);
  expect(await statuses(userToken)).toEqual([403, 200, 403]);
  expect(await statuses(publicToken)).toEqual([403, 200, 403]);
  sandbox.threeDVerse.configure({ apiKeyAsUserToken: true });
  expect(await statuses(apiKey)).toEqual([200, 200, 403]);
  const bearer = await call(sandbox, "GET /folders", { as: { authorization: `Bearer ${apiKey}` } });
  expect([bearer.status, bearer.value.message]).toEqual([400, expect.stringContaining("Authorization is not known")]);
});

test("user tokens last as long as their ttl says, by the sandbox's clock", async () => {
  const userId = sandbox.threeDVerse.addUser();
  const asked = await call(sandbox, `POST /users/${userId}/tokens`, { json: { scope: "read", ttl: "24h" } });
  const { user_token, expires_in, expires_on } = asked.value;
  const nowMs = Date.parse(sandbox.state().clock.now);
  expect([expires_in, Math.abs(expires_on * 1000 - nowMs - 24 * hourMs) < 10_000]).toEqual([86_400, true]);
  sandbox.advanceClock(23 * hourMs);
  expect((await call(sandbox, "GET /folders", { as: { user_token } })).status).toBe(200);
  sandbox.advanceClock(hourMs);
  const late = await call(sandbox, "GET /folders", { as: { user_token } });
  expect([late.status, late.value.message]).toEqual([401, "The user_token has expired."]);
  sandbox.threeDVerse.configure({ expiredStatus: 403, expiryUnit: "ms" });
  expect((await call(sandbox, "GET /folders", { as: { user_token } })).status).toBe(403);
  expect((await call(sandbox, `POST /users/${userId}/tokens`, { json: { scope: "read" } })).value.expires_in).toBe(
    hourMs,
  );
  for (const ttl of ["", "1", "0h", "1w", "-1h"])
    expect((await call(sandbox, `POST /users/${userId}/tokens`, { json: { scope: "read", ttl } })).status, ttl).toBe(
      400,
    );
});

test("tokens can be expired at once, and die with their user", async () => {
  const userId = sandbox.threeDVerse.addUser();
  const token = sandbox.threeDVerse.issueUserToken({ userId });
  sandbox.patchState({ threeDVerse: { expireTokens: true } });
  expect((await call(sandbox, "GET /folders", { as: { user_token: token } })).status).toBe(401);
  const next = sandbox.threeDVerse.issueUserToken({ userId });
  await call(sandbox, `DELETE /users/${userId}`);
  expect((await call(sandbox, "GET /folders", { as: { user_token: next } })).status).toBe(403);
});

test("what belongs to the API key is closed to tokens", async () => {
  const userId = sandbox.threeDVerse.addUser();
  const as = { user_token: sandbox.threeDVerse.issueUserToken({ userId }) };
  const statuses = [
    await call(sandbox, "GET /users", { as }),
    await call(sandbox, "POST /users", { as, json: { username: "x" } }),
    await call(sandbox, `GET /users/${userId}`, { as }),
    await call(sandbox, `PATCH /users/${userId}`, { as, json: { username: "x" } }),
    await call(sandbox, `DELETE /users/${userId}`, { as }),
    await call(sandbox, `POST /users/${userId}/tokens`, { as, json: { scope: "manage" } }),
    await call(sandbox, `GET /users/${sandbox.threeDVerse.addUser()}/groups`, { as }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([403, 403, 403, 403, 403, 403, 403]);
  expect((await call(sandbox, `GET /users/${userId}/groups`, { as })).status).toBe(200);
});

test("credentials of others are leaks here, and those of 3dverse elsewhere; the journal keeps none", async () => {
  const { apiKey } = sandbox.threeDVerse.credentials();
  const shopToken = await signInTo(sandbox);
  sandbox.clearRequests();
  const url = `${sandbox.origins["3dverse"]}/app/v1/folders`;
  const kaedim = sandbox.kaedim.credentials();
  for (const headers of [
    { authorization: `Bearer ${shopToken}` },
    { user_token: shopToken },
    { api_key: sandbox.enterpriseKey },
    { "x-api-key": kaedim.apiKey },
    { api_key: kaedim.apiKey },
    { authorization: "Imagine-key sk_x" },
    { cookie: "a=b" },
  ])
    expect((await ask(url, { headers: headers as Record<string, string> })).status, JSON.stringify(headers)).toBe(400);
  const tokens = [
    ["api_key", apiKey],
    ["user_token", sandbox.threeDVerse.issueUserToken({ userId: sandbox.threeDVerse.addUser() })],
    ["x-whatever", apiKey],
  ] as const;
  for (const host of ["shop", "cdn", "kaedim", "imagine", "imagineS3"] as const)
    for (const [header, value] of tokens)
      expect((await ask(`${sandbox.origins[host]}/`, { headers: { [header]: value } })).status, host).toBe(400);
  expect((await ask(`${url}?api_key=${apiKey}`)).status).toBe(400);
  const rows = sandbox.requests();
  expect(rows.filter(({ leak }) => leak === null)).toEqual([]);
  const headersKept = JSON.stringify(
    rows.filter(({ headers }) => headers["x-whatever"] === undefined).map((r) => r.headers),
  );
  for (const secret of [apiKey, shopToken, tokens[1][1]]) expect(headersKept).not.toContain(secret);
});

test("the public token reads the Public folder, and nothing else", async () => {
  const { publicToken, publicFolderId, rootFolderId } = sandbox.threeDVerse.credentials();
  const shared = sandbox.threeDVerse.addAsset({ type: "mesh", folderId: publicFolderId });
  const own = sandbox.threeDVerse.addAsset({ type: "mesh", folderId: rootFolderId });
  const as = { user_token: publicToken };
  expect((await call(sandbox, "GET /assets", { as })).value.meshes).toEqual([{ asset_id: shared, name: "asset" }]);
  expect((await call(sandbox, `GET /assets/meshes/${shared}/payload`, { as })).status).toBe(200);
  expect((await call(sandbox, `GET /assets/meshes/${own}/payload`, { as })).status).toBe(403);
  expect((await call(sandbox, `DELETE /assets/meshes/${shared}`, { as })).status).toBe(403);
  expect((await call(sandbox, "POST /folders", { as, json: { name: "x" } })).status).toBe(403);
});
