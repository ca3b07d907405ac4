import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-3dverse.ts";
import { type Credential, create3dverse } from "./index.ts";

far.useNock();

const secret = "planted/s3cret+4711==";

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
  for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64").replace(/=+$/, "")]) {
    expect(text).not.toContain(form);
  }
}

describe.each([{ apiKey: secret }, { userToken: secret }, { guestToken: secret }] as Credential[])(
  "nothing shows %o",
  (credential) => {
    it("not the client and its connection", () => {
      const client = create3dverse({ credential });
      expectClean(client);
      expectClean(client.connection);
      expectClean(client.withCredential({ apiKey: "other" }));
    });

    it.each([
      [403, { errorCode: 1, message: `Wrong ${secret}` }],
      [404, `<html><body>${encodeURIComponent(secret)}</body></html>`],
      [500, `api_key=${secret}`],
      [200, `not json ${secret}`],
      [200, { errorCode: 1, message: `user_token: ${secret}` }],
      [200, { folder_id: 1, name: secret }],
      [307, ""],
    ])("not the error of an answer that repeats it (%i)", async (status, body) => {
      const headers = { location: `http://other.example/?a=${encodeURIComponent(secret)}`, "x-request-id": secret };
      far
        .service()
        .get("/folders/f1")
        .times(status === 500 ? 4 : 1)
        .reply(status, body, headers);
      expectClean(
        await far.failureOf(create3dverse({ credential, http: far.quick }).getFolderInfo({ folder_id: "f1" })),
      );
    });

    it("not what is logged", async () => {
      const lines: unknown[] = [];
      const log = (fields: unknown, text: string) => void lines.push([fields, text]);
      far.service().get("/folders/f1").reply(500, secret);
      far.service().get("/folders/f1").reply(200, { folder_id: "f1", name: "a" });
      const http = { ...far.quick, logger: { debug: log, warn: log } };
      await create3dverse({ credential, http }).getFolderInfo({ folder_id: "f1" });
      expect(lines.length).toBeGreaterThan(2);
      expectClean(lines);
    });
  },
);
