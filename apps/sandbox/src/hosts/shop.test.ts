import { afterEach, beforeEach, expect, test } from "vitest";
import { ask, askForLink, bowl, jsonOf, linkTo, signInTo, vase } from "../../test/ask.ts";
import { type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

/** Two of the three archives of product 132743 in the sample shop. */
const plankDownloadIds = ["364a4711-f851-523a-8292-a54404a34353", "43f28e3d-3828-58b6-a580-d4756f33d43a"];
const tokenPath = "/wp-json/jwt-auth/v1/token";
const subscriptionPath = "/wp-json/imeshh/subscription-information";

function signIn(body: string, contentType = "application/json") {
  return ask(`${sandbox.origins.shop}${tokenPath}`, { method: "POST", headers: { "content-type": contentType }, body });
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

test("signs in with a JSON body and with a form", async () => {
  const json = await signIn('{"username":"artist@example.com","password":"sandbox"}');
  const form = await signIn("username=artist%40example.com&password=sandbox", "application/x-www-form-urlencoded");
  for (const answer of [json, form]) {
    expect(answer.status).toBe(200);
    expect(jsonOf(answer)).toEqual({
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      user_email: "artist@example.com",
      user_nicename: "artist",
      user_display_name: "Sample Artist",
    });
  }
});

test("tokens are HS256, last seven days by the sandbox's clock and name the user", async () => {
  sandbox.patchState({ clock: { at: "2030-01-01T00:00:00Z" } });
  const token = await signInTo(sandbox);
  expect(JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString())).toEqual({
    typ: "JWT",
    alg: "HS256",
  });
  const claims = claimsOf(token);
  expect(claims).toEqual({
    iss: sandbox.origins.shop,
    iat: expect.any(Number),
    nbf: claims.iat,
    exp: Number(claims.iat) + 7 * 24 * 60 * 60,
    data: { user: { id: "5101" } },
  });
  expect(new Date(Number(claims.iat) * 1000).toISOString()).toMatch(/^2030-01-01T00:00:0/);
});

test.each([
  ['{"username":"artist@example.com","password":"wrong"}', "incorrect_password"],
  ['{"username":"nobody@example.com","password":"sandbox"}', "invalid_email"],
  ['{"username":"nobody","password":"sandbox"}', "invalid_username"],
  ['{"password":"sandbox"}', "empty_username"],
  ['{"username":"artist@example.com"}', "empty_password"],
])("refuses %s with 403 and [jwt_auth] %s in HTML", async (body, code) => {
  const answer = await signIn(body);
  expect(answer.status).toBe(403);
  expect(jsonOf(answer)).toEqual({
    code: `[jwt_auth] ${code}`,
    message: expect.stringContaining("<strong>Error:</strong>"),
    data: { status: 403 },
  });
});

test("a body that is no JSON is rest_invalid_json", async () => {
  const answer = await signIn('{"username":');
  expect([answer.status, jsonOf(answer)]).toEqual([400, expect.objectContaining({ code: "rest_invalid_json" })]);
});

test("validates a token, and tells a missing, a malformed and a forged one apart", async () => {
  const token = await signInTo(sandbox);
  const validate = (authorization: string | null) =>
    ask(`${sandbox.origins.shop}${tokenPath}/validate`, { method: "POST", headers: { authorization } });
  const good = await validate(`Bearer ${token}`);
  expect([good.status, jsonOf(good)]).toEqual([200, { code: "jwt_auth_valid_token", data: { status: 200 } }]);
  const [head, payload] = token.split(".");
  const cases: [string | null, string, string][] = [
    [null, "jwt_auth_no_auth_header", "Authorization header not found."],
    ["Basic abc", "jwt_auth_bad_auth_header", "Authorization header malformed."],
    ["Bearer abc", "jwt_auth_invalid_token", "Wrong number of segments"],
    [`Bearer ${head}.${payload}.AAAA`, "jwt_auth_invalid_token", "Signature verification failed"],
  ];
  for (const [authorization, code, message] of cases) {
    const answer = await validate(authorization);
    expect([answer.status, jsonOf(answer)]).toEqual([403, { code, message, data: { status: 403 } }]);
  }
});

test("an expired token is 403 jwt_auth_invalid_token, by the clock and by hand; a new sign-in helps", async () => {
  const expired = [403, { code: "jwt_auth_invalid_token", message: "Expired token", data: { status: 403 } }];
  const first = await signInTo(sandbox);
  sandbox.expireTokens();
  const byHand = await askForLink(sandbox, first);
  expect([byHand.status, jsonOf(byHand)]).toEqual(expired);
  const second = await signInTo(sandbox);
  expect(second).not.toBe(first);
  expect((await askForLink(sandbox, second)).status).toBe(200);
  sandbox.advanceClock(8 * 24 * 60 * 60 * 1000);
  const byClock = await askForLink(sandbox, second);
  expect([byClock.status, jsonOf(byClock)]).toEqual(expired);
});

test("a token of another server is jwt_auth_bad_iss, one from the future is not yet good", async () => {
  const other = await startSandbox();
  const foreign = await signInTo(other).finally(() => other.close());
  expect(jsonOf(await askForLink(sandbox, foreign))).toMatchObject({ code: "jwt_auth_bad_iss" });
  const token = await signInTo(sandbox);
  sandbox.advanceClock(-60 * 60 * 1000);
  expect(jsonOf(await askForLink(sandbox, token))).toMatchObject({
    code: "jwt_auth_invalid_token",
    message: expect.stringContaining("Cannot handle token prior to"),
  });
});

test("a bad token breaks public routes and the sign-in too; protected ones without any are rest_forbidden", async () => {
  const withBad = { headers: { authorization: "Bearer a.b.c" } };
  expect((await ask(`${sandbox.origins.shop}/wp-json/`)).status).toBe(200);
  expect((await ask(`${sandbox.origins.shop}/wp-json/`, withBad)).status).toBe(403);
  const again = await ask(`${sandbox.origins.shop}${tokenPath}`, {
    method: "POST",
    headers: { ...withBad.headers, "content-type": "application/json" },
    body: '{"username":"artist@example.com","password":"sandbox"}',
  });
  expect(again.status).toBe(403);
  const anonymous = await ask(`${sandbox.origins.shop}${subscriptionPath}`);
  expect([anonymous.status, jsonOf(anonymous)]).toEqual([401, expect.objectContaining({ code: "rest_forbidden" })]);
});

test("tells subscriptions: active, expired, none, and what a patch makes of them", async () => {
  const statuses = async (username: string) => {
    const token = await signInTo(sandbox, username);
    const answer = await ask(`${sandbox.origins.shop}${subscriptionPath}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return (jsonOf(answer) as { status: string }[]).map((subscription) => subscription.status);
  };
  expect(await statuses("artist@example.com")).toEqual(["active"]);
  expect(await statuses("expired@example.com")).toEqual(["expired"]);
  expect(await statuses("never@example.com")).toEqual([]);
  sandbox.setSubscriptions("never@example.com", ["cancelled", "active"]);
  expect(await statuses("never@example.com")).toEqual(["cancelled", "active"]);
});

test("the fifth link of a product is refused with the documented 403, whatever the download", async () => {
  const token = await signInTo(sandbox);
  for (let count = 0; count < 4; count++) expect((await askForLink(sandbox, token)).status).toBe(200);
  const fifth = await askForLink(sandbox, token);
  expect([fifth.status, jsonOf(fifth)]).toEqual([403, { message: "Download limit exceeded for this product" }]);
  expect(sandbox.counters()).toEqual({ [bowl.productId]: 4 });
  expect((await askForLink(sandbox, token, vase)).status).toBe(200);
  const spends = sandbox
    .requests({ host: "shop", path: "*download-link" })
    .map(({ spend, productId }) => [spend, productId]);
  expect(spends).toEqual([...Array(4).fill([true, bowl.productId]), [false, bowl.productId], [true, vase.productId]]);
});

test("the counter sums over the downloads of a product and stands per account", async () => {
  const token = await signInTo(sandbox);
  const planks = plankDownloadIds.map((downloadId) => ({ productId: 132743, downloadId }));
  for (const download of [...planks, ...planks]) await linkTo(sandbox, token, download);
  expect((await askForLink(sandbox, token, planks[0])).status).toBe(403);
  expect((await askForLink(sandbox, token, planks[1])).status).toBe(403);
  sandbox.setSubscriptions("never@example.com", ["active"]);
  expect((await askForLink(sandbox, await signInTo(sandbox, "never@example.com"), planks[0])).status).toBe(200);
  expect(sandbox.counters("never@example.com")).toEqual({ 132743: 1 });
});

test("without an active subscription only freebies, with a message that is not the quota's", async () => {
  for (const username of ["expired@example.com", "never@example.com"]) {
    const token = await signInTo(sandbox, username);
    const refused = await askForLink(sandbox, token);
    expect(refused.status).toBe(403);
    expect((jsonOf(refused) as { message: string }).message).not.toContain("limit");
    expect((await askForLink(sandbox, token, vase)).status).toBe(200);
  }
  expect(sandbox.counters()).toEqual({ [vase.productId]: 2 });
});

test("unknown products, drafts, withdrawn ones and foreign downloads are 404 and count nothing", async () => {
  const token = await signInTo(sandbox);
  sandbox.withdrawProduct(vase.productId);
  const draft = { productId: 132842, downloadId: "2cd6b32e" };
  for (const download of [{ ...bowl, productId: 1 }, draft, vase, { ...bowl, downloadId: vase.downloadId }]) {
    const answer = await askForLink(sandbox, token, download);
    expect([answer.status, jsonOf(answer)]).toEqual([404, { message: expect.any(String) }]);
  }
  const missing = await ask(`${sandbox.origins.shop}/wp-json/imeshh/product-information/download-link?product_id=1`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect([missing.status, jsonOf(missing)]).toEqual([
    400,
    expect.objectContaining({ code: "rest_missing_callback_param" }),
  ]);
  expect(sandbox.counters()).toEqual({});
});
