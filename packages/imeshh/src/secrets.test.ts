import { inspect } from "node:util";
import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-shop.ts";
import { createImeshh } from "./index.ts";

far.useNock();

const password = "planted-pässword-4711";
const token = far.makeToken({ id: 4711 });
const credentials = { username: "user@example.com", password };

/** Everything that a log, a console or a crash report could make of it. */
const shown = (value: unknown) =>
  [
    inspect(value, { depth: 20, showHidden: true }),
    JSON.stringify(value),
    String(value),
    String((value as Error)?.stack),
  ].join("\n");

function expectClean(value: unknown) {
  const text = shown(value);
  for (const secret of [password, encodeURIComponent(password), token, token.split(".")[2] as string]) {
    expect(text).not.toContain(secret);
  }
}

describe("nothing shows a password or a token", () => {
  it("not the client, before and after the sign-in", async () => {
    const imeshh = createImeshh({ credentials, http: far.quick });
    expectClean(imeshh);
    nock(far.shop).post(far.loginPath).reply(200, { token, user_email: "user@example.com" });
    expectClean(await imeshh.login());
    expectClean(imeshh);
  });

  it.each(["json", "form"] as const)(
    "not the error of a login (%s) whose answer repeats everything",
    async (loginBody) => {
      const message = `<b>${credentials.username}</b> with ${password} got ${token}`;
      nock(far.shop).post(far.loginPath).reply(403, far.jwtError("[jwt_auth] incorrect_password", message));
      const imeshh = createImeshh({ credentials, loginBody, http: far.quick });
      expectClean(await far.failureOf(imeshh.login()));
      expectClean(await far.failureOf(imeshh.getSubscription()));
    },
  );

  it.each([
    [403, far.jwtError("jwt_auth_no_auth_header", `Got ${token}`)],
    [403, { message: `Download limit exceeded for Bearer ${token}` }],
    [500, `Fatal error: ${token}`],
    [200, `not json ${token}`],
  ])("not the error of a refused link (%i)", async (status, body) => {
    nock(far.shop).get(far.linkPath).query(true).reply(status, body);
    const imeshh = createImeshh({ credentials: { token }, http: far.quick });
    expectClean(await far.failureOf(imeshh.requestLink({ productId: 1, downloadId: "d" })));
  });

  it("not a login without a token in the answer", async () => {
    nock(far.shop)
      .post(far.loginPath)
      .reply(200, { success: false, message: `${password} is wrong` });
    expectClean(await far.failureOf(createImeshh({ credentials, http: far.quick }).login()));
  });

  it("not what is logged", async () => {
    const lines: unknown[] = [];
    const log = (fields: unknown, text: string) => void lines.push([fields, text]);
    nock(far.shop).post(far.loginPath).reply(200, { token });
    nock(far.shop).get(far.subscriptionPath).reply(500, `Fatal error: ${token}`);
    nock(far.shop).get(far.subscriptionPath).reply(200, []);
    await createImeshh({ credentials, http: { ...far.quick, logger: { debug: log, warn: log } } }).getSubscription();
    expect(lines.length).toBeGreaterThan(0);
    expectClean(lines);
  });
});
