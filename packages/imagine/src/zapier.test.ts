import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-imagine.ts";
import { createImagineZapier } from "./index.ts";

far.useNock();

function answer(scope: nock.Interceptor, operation: string, name: string) {
  const { status, body } = far.example(operation, name);
  return scope.reply(status, body);
}

describe("the Zapier calls", () => {
  const host = "https://prod.imagine.io";
  const headers = { reqheaders: { authorization: "Zapier zap-token-1" }, badheaders: ["origin"] };
  const zapier = () => createImagineZapier({ token: "zap-token-1", http: far.quick });

  it("Token Generations", async () => {
    answer(nock(host, headers).get("/users/api/v3/zapier/token/"), "Token Generations", "Token");
    expect(await zapier().getToken()).toEqual({
      apiKey: "xxx-xxx-xxx-xxx",
      message: "API key fetched successfully.",
    });
  });

  it("Get Images: the next page comes from our own base URL, whatever next_link says", async () => {
    const path = "/rendering-system/api/v3/images-render-detail-zapier/";
    answer(nock(host, headers).get(path), "Get Images", "Get");
    nock(host, headers).get(path).query({ page: 2 }).reply(200, { results: [], total_pages: 11659 });
    const pages = await far.allOf(zapier().listImages().pages());
    expect(pages.map(({ items, count }) => [items.length, count])).toEqual([
      [2, 233170],
      [0, null],
    ]);
    expect(pages[0]?.items[0]).toMatchObject({ id: 1964417, imageName: "Render_123_FVL camera_1", tags: [] });
  });

  it("Token Verify", async () => {
    answer(nock(host, headers).get("/users/api/v3/token/verify/"), "Token Verify", "New");
    expect(await zapier().verifyToken()).toEqual({ id: 17625, name: "imagine's team - 723" });
  });

  it("refuses a token that cannot be sent", () => {
    expect(() => createImagineZapier({ token: "two words" })).toThrow(TypeError);
  });
});
