import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-imagine.ts";
import { createImagine } from "./index.ts";

far.useNock();

describe("settings", () => {
  const { domain, secretKey, publicKey } = far;
  it.each([
    ["no key", { domain }, /secretKey/],
    ["a public key as the secret one", { domain, secretKey: publicKey }, /begins with pk_.*must begin with sk_/],
    ["a secret key as the public one", { domain, publicKey: secretKey }, /begins with sk_.*must begin with pk_/],
    ["something else", { domain, secretKey: "abc" }, /begins with sk_/],
    ["a line end", { domain, secretKey: "sk_a\r\nb" }, /secretKey/],
    ["a domain with a path", { domain: "yourdomain.com/x", secretKey }, /domain/],
    ["no domain", { domain: "", secretKey }, /domain/],
    ["plain http", { domain, secretKey, baseUrl: "http://api.imagine.io" }, /plain http/],
    ["a budget that is none", { domain, secretKey, creditBudget: -1 }, /creditBudget/],
  ])("%s", (_name, settings, message) => {
    expect(() => createImagine(settings)).toThrow(message);
    expect(() => createImagine(settings)).toThrow(TypeError);
  });

  it("takes a port, a whole origin, and reads with the secret key where it is alone", async () => {
    for (const domain of ["localhost:3000", "https://yourdomain.com"]) {
      nock(far.base, { reqheaders: { authorization: `Imagine-key ${secretKey}`, origin: domain } })
        .get(far.statusPath)
        .query(true)
        .reply(200, { unicode: "U" });
      await createImagine({ domain, secretKey, http: far.quick }).getContentStatus({ unicode: "U" });
    }
  });

  it("refuses to write with a public key alone, before anything is sent", async () => {
    const imagine = createImagine({ domain, publicKey, http: far.quick });
    for (const write of [
      imagine.createProduct({ modelFileName: "a.glb" }),
      imagine.markUploadSuccess({ unicode: "U" }),
      imagine.updateProduct({ unicode: "U", name: "n" }),
      imagine.deleteProduct({ unicode: "U" }),
      imagine.createContentJob({ unicode: "U", contentTypes: ["ar"] }),
      imagine.archiveRenders({ unicode: "U", ids: [1] }),
      imagine.createImages({ sceneId: 1, cameraIds: [1], products: [{ skuId: "S" }] }),
    ]) {
      const error = await far.failureOf(write);
      expect(error).toMatchObject({ code: "secret-key-missing", neverSent: true });
    }
  });

  it("refuses a secret key in a browser, not a public one", () => {
    const scope = globalThis as { window?: unknown };
    scope.window = { document: {} };
    try {
      expect(() => createImagine({ domain, secretKey })).toThrow(/browser/);
      expect(() => createImagine({ domain, publicKey })).not.toThrow();
    } finally {
      delete scope.window;
    }
  });
});
