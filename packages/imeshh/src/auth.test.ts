import { createFakeClock } from "@org/http-core/testing";
import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-shop.ts";
import { createImeshh, type ImeshhSettings, type TokenStore } from "./index.ts";

far.useNock();

const clock = createFakeClock();
const nowS = clock.now() / 1_000;
const fresh = far.makeToken({ iat: nowS, exp: nowS + 604_800 });
const old = far.makeToken({ iat: nowS - 700_000, exp: nowS - 95_200 });
const expired = far.jwtError("jwt_auth_invalid_token", "Expired token");
const wrongPassword = far.jwtError("[jwt_auth] incorrect_password", "<strong>Error:</strong> wrong");

const client = (settings: Partial<ImeshhSettings> = {}) =>
  createImeshh({ credentials: far.account, http: far.quick, now: clock.now, ...settings });

/** Prepares so many logins; more of them would find no answer and fail. */
const login = (token = fresh, times = 1) => nock(far.shop).post(far.loginPath).times(times).reply(200, { token });
const subscription = (token: string) =>
  nock(far.shop, { reqheaders: { authorization: `Bearer ${token}` } }).get(far.subscriptionPath);

function storeOf(token: string | null): TokenStore & { written: (string | null)[] } {
  const written: (string | null)[] = [];
  return { written, read: async () => token, write: async (value) => void written.push(value) };
}

describe("signing in", () => {
  it("happens once for calls that come together, and the token is kept for later ones", async () => {
    login();
    subscription(fresh).times(3).reply(200, []);
    const imeshh = client();
    await Promise.all([imeshh.getSubscription(), imeshh.getSubscription()]);
    await imeshh.getSubscription();
  });

  it("happens once for two explicit logins that come together", async () => {
    login();
    const imeshh = client();
    const [one, two] = await Promise.all([imeshh.login(), imeshh.login()]);
    expect(one).toEqual(two);
    expect(one.expiresAtMs).toBe((nowS + 604_800) * 1_000);
  });

  it("uses the token of the store and does not sign in", async () => {
    subscription(fresh).reply(200, []);
    await client({ tokenStore: storeOf(fresh) }).getSubscription();
  });

  it("signs in where the stored token has run out, and stores the new one", async () => {
    const tokenStore = storeOf(old);
    login();
    subscription(fresh).reply(200, []);
    await client({ tokenStore }).getSubscription();
    expect(tokenStore.written).toEqual([fresh]);
  });

  it("happens again some minutes before the token ends", async () => {
    const moving = createFakeClock();
    const issued = moving.now() / 1_000;
    const first = far.makeToken({ iat: issued, exp: issued + 604_800, id: 1 });
    const second = far.makeToken({ iat: issued + 604_800, exp: issued + 2 * 604_800, id: 2 });
    const imeshh = client({ now: moving.now });
    login(first);
    subscription(first).twice().reply(200, []);
    await imeshh.getSubscription();
    await moving.advance(604_800_000 - 6 * 60_000);
    await imeshh.getSubscription();
    await moving.advance(2 * 60_000);
    login(second);
    subscription(second).reply(200, []);
    await imeshh.getSubscription();
  });

  it.each([
    ["a day ahead", 86_400],
    ["ten years behind", -315_360_000],
  ])("happens once although our clock is %s", async (_how, offS) => {
    const shopS = nowS - offS;
    const token = far.makeToken({ iat: shopS, exp: shopS + 600 });
    login(token);
    subscription(token).times(2).reply(200, []);
    const imeshh = client();
    await imeshh.getSubscription();
    await imeshh.getSubscription();
  });

  it("needs no store to work: one that fails costs a sign-in and a warning", async () => {
    const warnings: string[] = [];
    const broken = Object.assign(new Error(`keychain has ${fresh}`), { code: "ELOCKED" });
    const tokenStore = { read: () => Promise.reject(broken), write: () => Promise.reject(broken) };
    const logger = {
      debug: () => {},
      warn: (fields: object, text: string) => void warnings.push(JSON.stringify([fields, text])),
    };
    login();
    subscription(fresh).reply(200, []);
    await client({ tokenStore, http: { ...far.quick, logger } }).getSubscription();
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).toContain("ELOCKED");
    expect(warnings.join()).not.toContain(fresh);
  });

  it("does not send what a damaged store holds", async () => {
    login();
    subscription(fresh).reply(200, []);
    await client({ tokenStore: storeOf("two\nlines") }).getSubscription();
  });

  it("does not put the stored token over one that was issued meanwhile", async () => {
    const stored = Promise.withResolvers<string>();
    const imeshh = client({ tokenStore: { read: () => stored.promise, write: async () => {} } });
    const waiting = imeshh.getSubscription();
    login();
    await imeshh.login();
    subscription(fresh).reply(200, []);
    stored.resolve(old);
    await waiting;
  });

  it("takes the token where the plugin's relative puts it", async () => {
    nock(far.shop)
      .post(far.loginPath)
      .reply(200, { success: true, statusCode: 200, data: { token: fresh, email: "a@b.example", displayName: "A" } });
    expect(await client().login()).toMatchObject({ email: "a@b.example", displayName: "A" });
  });
});

describe("a refused token", () => {
  it.each([
    ["401", 401, { message: "Unauthorized" }],
    ["403 of the plugin", 403, expired],
  ])("%s: signs in once and asks once more", async (_how, status, body) => {
    subscription(old).reply(status, body);
    login();
    subscription(fresh).reply(200, []);
    // The clock believes in the old token.
    await client({ tokenStore: storeOf(old), now: () => 0 }).getSubscription();
  });

  it("signs in once for all calls whose token was refused", async () => {
    subscription(old).times(3).delay(5).reply(403, expired);
    login();
    subscription(fresh).times(3).reply(200, []);
    const imeshh = client({ tokenStore: storeOf(old), now: () => 0 });
    await Promise.all([imeshh.getSubscription(), imeshh.getSubscription(), imeshh.getSubscription()]);
  });

  it("is given up when the new one is refused too, and no further sign-in follows by itself", async () => {
    login();
    subscription(fresh).times(3).reply(403, expired);
    const imeshh = client();
    // One login at the start; the refusal brings one more, and the next call none.
    login();
    expect((await far.failureOf(imeshh.getSubscription())).code).toBe("sign-in-expired");
    expect((await far.failureOf(imeshh.getSubscription())).code).toBe("sign-in-failed");
  });

  it("does not sign in where that would not help", async () => {
    subscription(fresh).reply(403, far.jwtError("jwt_auth_no_auth_header", "Authorization header not found."));
    const error = await far.failureOf(client({ tokenStore: storeOf(fresh) }).getSubscription());
    expect(error.code).toBe("sign-in-failed");
    expect(error.message).toContain("drops it");
  });

  it.each([
    ["quota", { message: "Download limit exceeded for this product" }, "quota-exhausted"],
    ["entitlement", { message: "No active subscription" }, "entitlement-missing"],
  ])("is not what a 403 about %s means: no sign-in", async (_what, body, code) => {
    nock(far.shop).get(far.linkPath).query(true).reply(403, body);
    const imeshh = client({ tokenStore: storeOf(fresh) });
    expect((await far.failureOf(imeshh.requestLink({ productId: 1, downloadId: "d" }))).code).toBe(code);
  });

  it("cannot be renewed where only a token was given", async () => {
    subscription(old).reply(403, expired);
    const imeshh = client({ credentials: { token: old } });
    expect((await far.failureOf(imeshh.getSubscription())).code).toBe("sign-in-expired");
    expect((await far.failureOf(imeshh.login())).code).toBe("sign-in-missing");
  });
});

describe("a wrong password", () => {
  it("is tried once, and again only by an explicit login", async () => {
    const tokenStore = storeOf(null);
    const imeshh = client({ tokenStore });
    nock(far.shop).post(far.loginPath).reply(403, wrongPassword);
    const first = await far.failureOf(imeshh.getSubscription());
    expect(first).toMatchObject({ code: "sign-in-failed", status: 403, retryable: false });
    expect(first.message).toContain("Error: wrong");
    const second = await far.failureOf(imeshh.requestLink({ productId: 1, downloadId: "d" }));
    expect(second).toMatchObject({ code: "sign-in-failed", neverSent: true });
    expect(second.message).toContain("not tried again by itself");
    expect(tokenStore.written).toEqual([null]);

    nock(far.shop).post(far.loginPath).reply(403, wrongPassword);
    expect((await far.failureOf(imeshh.login())).code).toBe("sign-in-failed");
    await far.failureOf(imeshh.getSubscription());

    login();
    subscription(fresh).reply(200, []);
    await imeshh.login();
    await imeshh.getSubscription();

    // All is forgiven: a refused token brings a sign-in again.
    const next = far.makeToken({ iat: nowS, exp: nowS + 604_800, id: 8 });
    subscription(fresh).reply(403, expired);
    login(next);
    subscription(next).reply(200, []);
    await imeshh.getSubscription();
  });

  it.each([
    ["an answer without a token", 200, { success: false, code: "invalid_credential", message: "No" }],
    ["a firewall's page", 403, "<html><body>Blocked</body></html>"],
  ])("%s stops it as well", async (_what, status, body) => {
    nock(far.shop).post(far.loginPath).reply(status, body);
    const imeshh = client();
    await far.failureOf(imeshh.getSubscription());
    expect(await far.failureOf(imeshh.getSubscription())).toMatchObject({ code: "sign-in-failed", neverSent: true });
  });

  it("is not concluded from trouble of the moment, and the login is not repeated by itself", async () => {
    nock(far.shop).post(far.loginPath).reply(503, "down");
    const imeshh = client();
    expect(await far.failureOf(imeshh.getSubscription())).toMatchObject({ status: 503, retryable: true });
    login();
    subscription(fresh).reply(200, []);
    await imeshh.getSubscription();
  });
});

describe("validateToken", () => {
  const validate = () => nock(far.shop).post("/wp-json/jwt-auth/v1/token/validate");

  it("says why a token is not accepted, and signs in nowhere", async () => {
    validate().reply(403, expired);
    const check = await client({ credentials: { token: old } }).validateToken();
    expect(check).toMatchObject({ isValid: false, code: "sign-in-expired", expiresAtMs: (nowS - 95_200) * 1_000 });
  });

  it("says that there is none", async () => {
    expect(await client().validateToken()).toMatchObject({ isValid: false, code: "sign-in-missing" });
  });

  it("fails for everything else", async () => {
    validate().times(4).reply(500, "");
    expect((await far.failureOf(client({ credentials: { token: old } }).validateToken())).status).toBe(500);
  });
});

it("a call for an account says what is missing where there are no credentials", async () => {
  const imeshh = createImeshh({ http: far.quick });
  expect(await far.failureOf(imeshh.getSubscription())).toMatchObject({ code: "sign-in-missing", neverSent: true });
});
