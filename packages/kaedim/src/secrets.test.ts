import { inspect } from "node:util";
import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-kaedim.ts";
import { signatureOf } from "./__fixtures__/sign-webhook.ts";
import { createKaedim, createWebhookHandler } from "./index.ts";

far.useNock();

const secret = "planted-kaedim-secret";
const newJwt = far.makeJwt(2);
const opaqueJwt = "planted-opaque-token-without-dots";
const newRefreshToken = "planted-new-refresh-token";
const planted = [far.keys.apiKey, far.keys.refreshToken, far.jwt, newJwt, opaqueJwt, newRefreshToken, secret];
const linkSignature = "planted-link-signature";

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
  for (const one of [...planted, far.jwt.split(".")[2] as string, linkSignature]) expect(text).not.toContain(one);
}

/** A message that repeats everything a request carries. */
const everything = `key ${far.keys.apiKey}, refresh ${far.keys.refreshToken}, Bearer ${far.jwt} and ${newJwt}`;

describe("nothing shows a secret", () => {
  it("not the client, before and after a refresh and a registration", async () => {
    const kaedim = createKaedim(far.settings());
    expectClean(kaedim);
    far.refresh(newJwt);
    expectClean(await kaedim.refreshJwt());
    far
      .unsigned()
      .post(`${far.base}/registerHook`)
      .reply(201, { message: "Webhook registered", jwt: opaqueJwt, refreshToken: newRefreshToken });
    const registration = await kaedim.registerHook({ destination: "https://receiver.example/hook" });
    expectClean(registration);
    expect(registration.readRefreshToken()).toBe(newRefreshToken);
    expectClean(kaedim);
    // Both are in use from now on, and still not shown.
    nock(far.origin, { reqheaders: { authorization: `Bearer ${opaqueJwt}` } })
      .get(`${far.base}/fetchProjects`)
      .query(true)
      .reply(400, { status: "error", message: `Invalid project for ${opaqueJwt}` });
    expectClean(await far.failureOf(kaedim.fetchProjects()));
    nock(far.origin, { reqheaders: { "refresh-token": newRefreshToken } })
      .post(`${far.base}/refreshJWT`)
      .reply(400, { status: "error", message: `Wrong: ${newRefreshToken}` });
    expectClean(await far.failureOf(kaedim.refreshJwt()));
  });

  it.each([
    [400, { status: "error", message: everything, cause: everything }],
    [406, { status: "error", message: everything }],
    [500, everything],
    [502, `<html><body>${everything}</body></html>`],
    [200, { status: "error", message: everything }],
    [200, `not json ${everything}`],
    [200, `<!doctype html><p>${everything}`],
    [201, { status: "success", message: everything }],
  ])("not the error of process (%i)", async (status, body) => {
    far.signed().post(`${far.base}/process`).reply(status, body);
    const kaedim = createKaedim(far.settings());
    expectClean(await far.failureOf(kaedim.process({ imageUrls: ["https://example.com/a.png"], loq: "high" })));
  });

  it.each([400, 401, 403, 500])("not the error of a refresh (%i)", async (status) => {
    nock(far.origin)
      .post(`${far.base}/refreshJWT`)
      .times(status === 500 ? 4 : 1)
      .reply(status, { status: "error", message: everything });
    const kaedim = createKaedim(far.settings({ jwt: undefined }));
    expectClean(await far.failureOf(kaedim.refreshJwt()));
    if (status !== 500) expectClean(await far.failureOf(kaedim.fetchProjects()));
  });

  it("not the error of a refused link, nor its signature", async () => {
    far.signed().get(`${far.base}/fetchRequest`).query(true).twice().reply(200, far.served());
    nock("https://results.example").get("/a.glb").query(true).twice().reply(403, `<Error>${linkSignature}</Error>`);
    const kaedim = createKaedim(far.settings());
    expectClean(
      await far
        .failureOf(kaedim.downloadResult({ request: "req-1", format: "glb", path: "/nowhere/a.glb" }))
        .catch((error: unknown) => error),
    );
    nock.cleanAll();
  });

  it("not what is logged", async () => {
    const lines: unknown[] = [];
    const log = (fields: unknown, text: string) => void lines.push([fields, text]);
    far.refresh(newJwt);
    far.signed(newJwt).get(`${far.base}/fetchProjects`).query(true).reply(500, everything);
    far.signed(newJwt).get(`${far.base}/fetchProjects`).query(true).reply(200, { message: [] });
    const http = { ...far.quick, logger: { debug: log, warn: log } };
    await createKaedim(far.settings({ jwt: undefined, http })).fetchProjects();
    expect(lines.length).toBeGreaterThan(3);
    expectClean(lines);
  });

  it("not a receiver of webhooks, nor its answers", async () => {
    const handler = createWebhookHandler({
      kaedim: createKaedim(far.settings()),
      secret,
      onConfirmed: () => {},
    });
    expectClean(handler);
    const body = `{"requestID": "${secret}"`;
    const signature = signatureOf({ secret, body, t: Date.now() });
    const request = new Request("https://receiver.example/", {
      method: "POST",
      body,
      headers: { "kaedim-signature": signature },
    });
    const response = await handler.fetch(request);
    expect(response.status).toBe(400);
    expect(await response.text()).toBe("");
  });
});
