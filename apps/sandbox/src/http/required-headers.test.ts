import { afterEach, beforeEach, expect, test } from "vitest";
import { ask, bowl, jsonOf, linkTo, signInTo } from "../../test/ask.ts";
import { type HostName, type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const documentedPaths: [HostName, string][] = [
  ["shop", "/wp-json/imeshh/subscription-information"],
  ["blog", "/wp-json/status-api/v1/latest"],
  ["feeds", "/imeshh-all-product-compress-meta-data/latest_products.json"],
  ["feeds", "/cats-files/models/blender_assets.cats.txt"],
  ["extensions", "/wp-json/imeshh-api/v1/message"],
];

test.each(documentedPaths)("%s %s is refused without the documented headers, and says which", async (host, path) => {
  const refusals: [Record<string, string | null>, string][] = [
    [{ "user-agent": null }, "User-Agent"],
    [{ "user-agent": "iMeshh-Asset-Manager/1.2.4" }, "User-Agent"],
    [{ "accept-encoding": null }, "Accept-Encoding"],
    [{ "accept-encoding": "identity" }, "Accept-Encoding"],
  ];
  for (const [headers, named] of refusals) {
    const answer = await ask(sandbox.origins[host] + path, { headers });
    expect([answer.status, jsonOf(answer)]).toEqual([400, { message: expect.stringContaining(`header ${named}`) }]);
    expect(sandbox.requests({ host }).at(-1)?.refusal).toContain(named);
  }
  expect((await ask(sandbox.origins[host] + path)).status).not.toBe(400);
  sandbox.patchState({ strict: false });
  expect(
    (await ask(sandbox.origins[host] + path, { headers: { "user-agent": null, "accept-encoding": null } })).status,
  ).not.toBe(400);
});

test("a POST with a body needs a Content-Type that the shop can read", async () => {
  const url = `${sandbox.origins.shop}/wp-json/jwt-auth/v1/token`;
  for (const contentType of [null, "text/plain"]) {
    const answer = await ask(url, { method: "POST", headers: { "content-type": contentType }, body: "username=a" });
    expect([answer.status, jsonOf(answer)]).toEqual([400, { message: expect.stringContaining("header Content-Type") }]);
  }
});

test("the CDN asks for no documented header", async () => {
  const link = await linkTo(sandbox, await signInTo(sandbox));
  expect((await ask(link, { headers: { "user-agent": null, "accept-encoding": "identity" } })).status).toBe(200);
});

test.each(["blog", "feeds", "extensions", "cdn"] as const)(
  "a credential sent to %s is refused and noted as a leak, strict or not",
  async (host) => {
    for (const strict of [true, false]) {
      sandbox.patchState({ strict });
      for (const header of ["authorization", "cookie", "x-api-key"]) {
        const answer = await ask(`${sandbox.origins[host]}/x`, { headers: { [header]: "Bearer secret-of-mine" } });
        expect([answer.status, jsonOf(answer)]).toEqual([
          400,
          { message: expect.stringContaining(`header ${header}`) },
        ]);
        expect(sandbox.requests({ host }).at(-1)?.leak).toContain(header);
      }
    }
    expect(JSON.stringify(sandbox.requests())).not.toContain("secret-of-mine");
  },
);

test("a token in a URL or a Referer, or at the other side's host, is a leak too", async () => {
  const token = await signInTo(sandbox);
  const asked = [
    ask(`${sandbox.origins.cdn}/2025/06/28170130/${bowl.file}?token=${token}`),
    ask(`${sandbox.origins.feeds}/x`, { headers: { referer: `http://shop/?jwt=${token}` } }),
    ask(`${sandbox.origins.enterprise}/x`, { headers: { authorization: `Bearer ${token}` } }),
    ask(`${sandbox.origins.shop}/wp-json/`, { headers: { authorization: `Bearer ${sandbox.enterpriseKey}` } }),
  ];
  for (const answer of await Promise.all(asked)) expect(answer.status).toBe(400);
  expect(sandbox.requests().filter((entry) => entry.leak !== null)).toHaveLength(4);
});
