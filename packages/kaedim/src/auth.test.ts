import { createFakeClock, withServer } from "@org/http-core/testing";
import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-kaedim.ts";
import { createKaedim, type KaedimSettings, spendOutcome, type TokenStore } from "./index.ts";

far.useNock();

const [first, second, third] = [far.makeJwt(1), far.makeJwt(2), far.makeJwt(3)];
const client = (more: Partial<KaedimSettings> = {}) => createKaedim(far.settings(more));
const withoutJwt = (more: Partial<KaedimSettings> = {}) => client({ jwt: undefined, ...more });

const projects = (token: string, form: "bearer" | "raw" = "bearer") =>
  far.signed(token, form).get(`${far.base}/fetchProjects`).query(true);
const accepted = { status: "success", message: [] };

/** What several processes share: a file, a row, a keychain. */
function sharedStore(token: string | null = null): TokenStore & { token: string | null; writes: number } {
  const store = {
    token,
    writes: 0,
    read: async () => store.token,
    write: async (value: string | null) => {
      store.token = value;
      store.writes += 1;
    },
  };
  return store;
}

describe("getting a JWT", () => {
  it("happens when it is first needed, once for calls that come together", async () => {
    far.refresh(first);
    projects(first).times(4).reply(200, accepted);
    const kaedim = withoutJwt();
    await Promise.all([kaedim.fetchProjects(), kaedim.fetchProjects(), kaedim.fetchProjects()]);
    await kaedim.fetchProjects();
  });

  it("happens once for calls that are refused together", async () => {
    projects(first).reply(200, accepted);
    projects(first).times(3).delay(20).reply(401, far.expired);
    far.refresh(second);
    projects(second).times(3).reply(200, accepted);
    const kaedim = client();
    await kaedim.fetchProjects();
    await Promise.all([kaedim.fetchProjects(), kaedim.fetchProjects(), kaedim.fetchProjects()]);
  });

  it("happens some minutes before the twelve hours are over", async () => {
    const clock = createFakeClock();
    const kaedim = withoutJwt({ http: { ...far.quick, clock } });
    far.refresh(first);
    projects(first).twice().reply(200, accepted);
    await kaedim.fetchProjects();
    await clock.advance(12 * 3_600_000 - 6 * 60_000);
    await kaedim.fetchProjects();
    await clock.advance(2 * 60_000);
    far.refresh(second);
    projects(second).reply(200, accepted);
    await kaedim.fetchProjects();
  });

  it("does not wait for a refusal where the JWT says that it has ended", async () => {
    const clock = createFakeClock();
    const ended = far.makeJwt(9, { iat: clock.now() / 1000 - 50_000, exp: clock.now() / 1000 - 6_800 });
    far.refresh(first);
    projects(first).reply(200, accepted);
    await client({ jwt: ended, http: { ...far.quick, clock } }).fetchProjects();
  });

  it("happens once although our clock is ten years behind", async () => {
    const clock = createFakeClock();
    const theirs = clock.now() / 1000 + 315_360_000;
    const token = far.makeJwt(4, { iat: theirs, exp: theirs + 43_200 });
    far.refresh(token);
    projects(token).twice().reply(200, accepted);
    const kaedim = withoutJwt({ http: { ...far.quick, clock } });
    await kaedim.fetchProjects();
    await kaedim.fetchProjects();
  });

  it("is not given up half-way: who leaves, leaves the new JWT to the others", async () => {
    nock.enableNetConnect("127.0.0.1");
    const leaving = new AbortController();
    const hasLeft = Promise.withResolvers<void>();
    await withServer(
      async ({ url }, response) => {
        if (url.includes("/refreshJWT")) {
          leaving.abort();
          await hasLeft.promise;
          response.end(JSON.stringify({ status: "success", jwt: first }));
        } else response.end(JSON.stringify(accepted));
      },
      async ({ origin, seen }) => {
        const kaedim = withoutJwt({ origin });
        const left = far.failureOf(kaedim.fetchProjects({ signal: leaving.signal }));
        const staying = kaedim.fetchProjects();
        expect(await left).toMatchObject({ kind: "aborted", code: "aborted" });
        hasLeft.resolve();
        await staying;
        expect(seen.map(({ url }) => url.split("?")[0])).toEqual(["/api/v1/refreshJWT", "/api/v1/fetchProjects"]);
      },
    );
  });
});

describe("a signal that was aborted before", () => {
  it("sends nothing, not even a refresh, and has cost nothing", async () => {
    const kaedim = withoutJwt();
    const signal = AbortSignal.abort();
    const order = { imageUrls: ["https://example.com/a.png"], loq: "standard" } as const;
    const calls = [
      kaedim.refreshJwt({ signal }),
      kaedim.fetchProjects({ signal }),
      kaedim.fetchAll({ signal }),
      kaedim.process({ ...order, signal }),
      kaedim.waitForRequest({ requestId: "req-1", signal }),
      kaedim.registerHook({ destination: "https://receiver.example/", signal }),
    ];
    for (const error of await Promise.all(calls.map(far.failureOf))) {
      expect(error).toMatchObject({ kind: "aborted", code: "aborted" });
    }
    const error = await far.failureOf(client().process({ ...order, signal }));
    expect(spendOutcome(error)).toBe("not-spent");
  });
});

describe("a refused JWT", () => {
  it("is tried raw once, and what works is remembered", async () => {
    projects(first, "bearer").reply(401, far.expired);
    projects(first, "raw").twice().reply(200, accepted);
    const kaedim = client();
    await kaedim.fetchProjects();
    await kaedim.fetchProjects();
  });

  it("is tried behind Bearer where raw was asked for first", async () => {
    projects(first, "raw").reply(401, far.expired);
    projects(first, "bearer").twice().reply(200, accepted);
    const kaedim = client({ authorization: "raw" });
    await kaedim.fetchProjects();
    await kaedim.fetchProjects();
  });

  it("is not tried in the other form once a form is known, but replaced", async () => {
    projects(first).reply(200, accepted);
    projects(first).reply(401, far.expired);
    far.refresh(second);
    projects(second).reply(200, accepted);
    const kaedim = client();
    await kaedim.fetchProjects();
    await kaedim.fetchProjects();
  });

  it("is replaced after both forms were refused, and both are tried again", async () => {
    projects(first, "bearer").reply(401, far.expired);
    projects(first, "raw").reply(401, far.expired);
    far.refresh(second);
    projects(second, "bearer").reply(401, far.expired);
    projects(second, "raw").reply(200, accepted);
    await client().fetchProjects();
  });

  it("ends in an error after a fresh one was refused too, and nothing more is sent by itself", async () => {
    for (const token of [first, second]) {
      projects(token, "bearer").reply(401, far.expired);
      projects(token, "raw").reply(401, far.expired);
    }
    far.refresh(second);
    const kaedim = client();
    expect(await far.failureOf(kaedim.fetchProjects())).toMatchObject({ code: "sign-in-expired", status: 401 });
    projects(second, "bearer").reply(401, far.expired);
    projects(second, "raw").reply(401, far.expired);
    expect(await far.failureOf(kaedim.fetchProjects())).toMatchObject({ code: "sign-in-failed", neverSent: true });
  });

  it("of process brings one more request, with the same body", async () => {
    const bodies: unknown[] = [];
    const keep = (body: unknown) => bodies.push(body) > 0;
    far.signed(first, "bearer").post(`${far.base}/process`, keep).reply(401, far.expired);
    far.signed(first, "raw").post(`${far.base}/process`, keep).reply(201, { requestID: "req-1" });
    const image = new Blob([Buffer.from("\x89PNG\r\n\x1a\nsome pixels", "latin1")]);
    expect(await client().process({ images: [image], loq: "standard" })).toMatchObject({ requestId: "req-1" });
    const [one, two] = bodies.map((body) =>
      Buffer.from(String(body), "hex")
        .toString("latin1")
        .replace(/form-[\w-]{24}/g, "BOUNDARY"),
    );
    expect(one).toBe(two);
    expect(one).toContain("some pixels");
  });
});

describe("a refused refresh", () => {
  it("is not repeated by itself, until a refreshJwt of the caller's succeeds", async () => {
    const refusal = { status: "error", message: "Request failed, please check your api-key and refresh-token" };
    nock(far.origin).post(`${far.base}/refreshJWT`).reply(400, refusal);
    const kaedim = withoutJwt();
    expect(await far.failureOf(kaedim.fetchProjects())).toMatchObject({ code: "sign-in-failed", status: 400 });
    const again = await far.failureOf(kaedim.fetchAll());
    expect(again).toMatchObject({ code: "sign-in-failed", neverSent: true });
    expect(again.message).toContain("call refreshJwt()");
    far.refresh(first);
    await kaedim.refreshJwt();
    projects(first).reply(200, accepted);
    await kaedim.fetchProjects();
  });

  it.each([
    [200, { status: "success", message: "no token today" }],
    [200, { status: "error", message: "please check your api-key and refresh-token" }],
  ])("may come in an accepted answer (%i)", async (status, body) => {
    nock(far.origin).post(`${far.base}/refreshJWT`).reply(status, body);
    expect(await far.failureOf(withoutJwt().fetchProjects())).toMatchObject({ code: "sign-in-failed", status });
  });

  it("for trouble of the moment is another thing: repeated, and tried anew by the next call", async () => {
    nock(far.origin).post(`${far.base}/refreshJWT`).times(4).reply(503, "busy");
    const kaedim = withoutJwt();
    expect(await far.failureOf(kaedim.fetchProjects())).toMatchObject({ code: "http-503" });
    far.refresh(first);
    projects(first).reply(200, accepted);
    await kaedim.fetchProjects();
  });
});

describe("a token store that several processes share", () => {
  it("goes before the settings, and is written after a refresh", async () => {
    const tokenStore = sharedStore(second);
    projects(second, "bearer").reply(200, accepted);
    projects(second).reply(401, far.expired);
    far.refresh(third);
    projects(third).reply(200, accepted);
    const kaedim = client({ tokenStore });
    await kaedim.fetchProjects();
    await kaedim.fetchProjects();
    expect(tokenStore).toMatchObject({ token: third, writes: 1 });
  });

  it("is read again before anything is refreshed: another process was faster", async () => {
    const tokenStore = sharedStore(first);
    projects(first).reply(200, accepted);
    const kaedim = client({ tokenStore });
    await kaedim.fetchProjects();
    tokenStore.token = second;
    projects(first).reply(401, far.expired);
    projects(second).reply(200, accepted);
    await kaedim.fetchProjects();
    expect(tokenStore.writes).toBe(0);
  });

  it("is read again before the other form is tried", async () => {
    const tokenStore = sharedStore(first);
    projects(first).reply(() => {
      tokenStore.token = second;
      return [401, far.expired];
    });
    projects(second).reply(200, accepted);
    await client({ tokenStore }).fetchProjects();
  });

  it.each([
    ["cannot be taken", { before: true, refreshes: 1 }],
    ["cannot be given back", { before: false, refreshes: 1 }],
  ])("may have a lock that %s", async (_what, { before, refreshes }) => {
    const tokenStore: TokenStore = {
      ...sharedStore(),
      async exclusively(work) {
        if (!before) await work();
        throw Object.assign(new Error("no lock"), { code: "EACCES" });
      },
    };
    far.refresh(first, refreshes);
    projects(first).reply(200, accepted);
    const kaedim = withoutJwt({ tokenStore });
    await kaedim.refreshJwt();
    await kaedim.fetchProjects();
  });

  it("lets two clients find together after each has refreshed against the other", async () => {
    const tokenStore = sharedStore(first);
    const [one, two] = [client({ tokenStore }), client({ tokenStore })];
    projects(first).twice().reply(200, accepted);
    await Promise.all([one.fetchProjects(), two.fetchProjects()]);
    // The server's rule: only the newest is good.
    projects(first).twice().reply(401, far.expired);
    far.refresh(second);
    projects(second).twice().reply(200, accepted);
    await one.fetchProjects();
    await two.fetchProjects();
    expect(tokenStore).toMatchObject({ token: second, writes: 1 });
  });

  it("may lock: then the second of two simultaneous refreshes takes what the first has brought", async () => {
    let last: Promise<unknown> = Promise.resolve();
    const tokenStore: TokenStore = {
      ...sharedStore(),
      exclusively: <T>(work: () => Promise<T>) => {
        const turn = last.then(work, work);
        last = turn;
        return turn;
      },
    };
    far.refresh(first);
    projects(first).twice().reply(200, accepted);
    await Promise.all([withoutJwt({ tokenStore }).fetchProjects(), withoutJwt({ tokenStore }).fetchProjects()]);
  });

  it("that holds a JWT which was refused before brings no circle", async () => {
    const tokenStore = { ...sharedStore(), read: async () => first, write: async () => {} };
    projects(first).reply(200, accepted);
    projects(first).reply(401, far.expired);
    far.refresh(second);
    projects(second).reply(401, far.expired);
    const kaedim = client({ tokenStore });
    await kaedim.fetchProjects();
    expect(await far.failureOf(kaedim.fetchProjects())).toMatchObject({ code: "sign-in-expired" });
  });

  it("that fails costs a refresh and a warning", async () => {
    const warnings: string[] = [];
    const broken = Object.assign(new Error(`keychain has ${first}`), { code: "ELOCKED" });
    const tokenStore = { read: () => Promise.reject(broken), write: () => Promise.reject(broken) };
    const logger = {
      debug: () => {},
      warn: (fields: object, text: string) => void warnings.push(JSON.stringify([fields, text])),
    };
    far.refresh(second);
    projects(second).reply(200, accepted);
    await withoutJwt({ tokenStore, http: { ...far.quick, logger } }).fetchProjects();
    expect(warnings.length).toBeGreaterThanOrEqual(2);
    expect(warnings.join()).toContain("ELOCKED");
    expect(warnings.join()).not.toContain(first);
  });

  it("is not believed where it holds what cannot be a JWT", async () => {
    far.refresh(first);
    projects(first).reply(200, accepted);
    await withoutJwt({ tokenStore: sharedStore("two\nlines") }).fetchProjects();
  });
});
