import { withServer } from "@org/http-core/testing";
import { expect, it } from "vitest";
import { failureOf, makeToken, quick } from "./__fixtures__/nock-shop.ts";
import { createImeshh } from "./index.ts";

const token = makeToken();
const clientOf = (origin: string) =>
  createImeshh({ credentials: { username: "u", password: "password" }, origins: { shop: origin }, http: quick });

/** A shop whose login answers when it is told to; `arrived` resolves when the first login is there, `cut` when one is broken off. */
async function withSlowLogin(
  use: (shop: {
    origin: string;
    logins: () => number;
    arrived: Promise<void>;
    cut: Promise<void>;
    answer: () => void;
  }) => Promise<void>,
) {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const cut = Promise.withResolvers<void>();
  await withServer(
    async (request, response) => {
      if (!request.url.endsWith("/token")) return void response.end("[]");
      response.on("close", () => response.writableFinished || cut.resolve());
      arrived.resolve();
      await released.promise;
      response.end(JSON.stringify({ token }));
    },
    async ({ origin, seen }) => {
      const logins = () => seen.filter(({ url }) => url.endsWith("/token")).length;
      await use({ origin, logins, arrived: arrived.promise, cut: cut.promise, answer: released.resolve });
      released.resolve();
    },
  );
}

it("an abort ends the wait of the one who aborts, not of the other", async () => {
  await withSlowLogin(async ({ origin, logins, arrived, answer }) => {
    const stop = new AbortController();
    const imeshh = clientOf(origin);
    const first = failureOf(imeshh.getSubscription({ signal: stop.signal }));
    const second = imeshh.getSubscription();
    await arrived;
    stop.abort();
    expect((await first).kind).toBe("aborted");
    answer();
    await second;
    expect(logins()).toBe(1);
  });
});

it("an abort ends the login itself when nobody waits for it any more, and the next call signs in anew", async () => {
  await withSlowLogin(async ({ origin, logins, arrived, cut, answer }) => {
    const stop = new AbortController();
    const imeshh = clientOf(origin);
    const first = failureOf(imeshh.login({ signal: stop.signal }));
    await arrived;
    stop.abort();
    expect((await first).kind).toBe("aborted");
    await cut;
    answer();
    await imeshh.getSubscription();
    expect(logins()).toBe(2);
  });
});

it("a login that follows an abort at once is a new one", async () => {
  await withSlowLogin(async ({ origin, logins, arrived, answer }) => {
    const stop = new AbortController();
    const imeshh = clientOf(origin);
    const first = failureOf(imeshh.login({ signal: stop.signal }));
    await arrived;
    stop.abort();
    const second = imeshh.login();
    expect((await first).kind).toBe("aborted");
    answer();
    await second;
    expect(logins()).toBe(2);
  });
});

it("a signal that is aborted already sends nothing", async () => {
  await withSlowLogin(async ({ origin, logins }) => {
    const signal = AbortSignal.abort();
    const imeshh = clientOf(origin);
    expect((await failureOf(imeshh.login({ signal }))).kind).toBe("aborted");
    expect((await failureOf(imeshh.requestLink({ productId: 1, downloadId: "d", signal }))).kind).toBe("aborted");
    expect(logins()).toBe(0);
  });
});
