import { describe, expect, it } from "vitest";
import { countStates, foundOk, foundWarning, hasFailed } from "./finding.ts";
import { type AccountFacts, judgeAccount, judgeKeychain, judgeQuota } from "./judge-account.ts";
import { judgeBlenderLibraries, judgeBlenderPrograms } from "./judge-blender.ts";
import { judgeConfig, judgeDaemon, judgePort } from "./judge-daemon.ts";
import { type DiskFacts, type HomeEntry, judgeDisk, judgeHome } from "./judge-folders.ts";
import { judgeLibrary, judgeLibraryRoot } from "./judge-library.ts";
import { judgeClock, judgeRuntime, judgeWatchLimit } from "./judge-machine.ts";
import { type CertificateFacts, isReached, judgeOrigin, judgeRequest, type OriginFacts } from "./judge-network.ts";

describe("this computer", () => {
  it.each([
    ["24.21.0", "3.53.4", ["ok", "ok"]],
    ["24.10.0", "3.51.3", ["ok", "ok"]],
    ["24.9.1", "3.51.2", ["failed", "warning"]],
    ["26.0.0-nightly", "3.50.9", ["ok", "warning"]],
    ["24.21.0", undefined, ["ok", "failed"]],
  ])("Node %s with SQLite %s", (node, sqlite, states) =>
    expect(judgeRuntime({ node, sqlite, execPath: "/node" }).map(({ state }) => state)).toEqual(states),
  );

  it.each([
    [null, "ok"],
    [65_536, "ok"],
    [8_192, "warning"],
  ])("may watch %s folders", (limit, state) => expect(judgeWatchLimit(limit).state).toBe(state));

  const nowMs = Date.parse("2026-07-01T10:00:00Z");
  it.each<[string | null, string, string]>([
    ["Wed, 01 Jul 2026 10:00:01 GMT", "ok", "agree"],
    ["Wed, 01 Jul 2026 09:55:00 GMT", "ok", "300 s"],
    ["Wed, 01 Jul 2026 09:54:00 GMT", "warning", "6 minutes ahead"],
    ["Thu, 02 Jul 2026 10:00:00 GMT", "warning", "1,440 minutes behind"],
    ["no time", "not-tried", "did not say"],
    [null, "not-tried", "did not say"],
  ])("its clock against %s", (servedAt, state, found) =>
    expect(judgeClock({ servedAt, nowMs })).toMatchObject({ state, found: expect.stringContaining(found) }),
  );
});

describe("the home", () => {
  const entry: HomeEntry = {
    path: "/home/ann/x",
    kind: "folder",
    mode: 0o700,
    isOurs: true,
    problem: null,
    expected: "folder",
    isSecret: false,
  };
  const file: HomeEntry = { ...entry, kind: "file", expected: "file", mode: 0o600 };
  it.each<[string, Partial<HomeEntry>, HomeEntry, string, string | null]>([
    ["in order", {}, entry, "ok", null],
    ["not there", { kind: "absent", mode: null }, entry, "ok", null],
    ["Windows", { mode: null }, entry, "ok", null],
    ["readable", { mode: 0o755 }, entry, "warning", 'chmod 700 "/home/ann/x"'],
    ["writable", { mode: 0o770 }, entry, "failed", "chmod 700"],
    ["readable file", { mode: 0o640 }, file, "warning", "chmod 600"],
    ["readable secret", { mode: 0o640, isSecret: true }, file, "failed", "chmod 600"],
    ["a link", { kind: "other" }, file, "failed", "Move away"],
    ["another's", { isOurs: false }, entry, "failed", "chown"],
    ["closed", { problem: "EACCES" }, entry, "failed", "right"],
  ])("%s", (_what, change, of, state, mend) => {
    const [finding] = judgeHome([{ ...of, ...change }]);
    expect(finding).toMatchObject({ state, mend: mend === null ? null : expect.stringContaining(mend) });
  });

  const ext4 = 0xef53;
  it.each<[DiskFacts["of"], number, number, string, string]>([
    ["library", 9e9, ext4, "ok", "9.0 GB free on ext4."],
    ["library", 4e9, ext4, "failed", "nothing is downloaded"],
    ["archives", 4e9, ext4, "failed", "limits.diskFloorGigabytes"],
    ["state", 4e9, ext4, "warning", "limits.diskFloorGigabytes"],
    ["state", 5e7, ext4, "failed", "50.0 MB"],
    ["library", 9e9, 0x6969, "ok", "NFS, over the network"],
    ["state", 9e9, 0xff534d42, "warning", "SMB, over the network"],
    ["archives", 9e9, 0x01021994, "warning", "gone after a restart"],
    ["library", 9e9, 1, "ok", "unknown type"],
  ])("the disk of %s with %d bytes free, type %d", (of, freeBytes, type, state, found) =>
    expect(
      judgeDisk(
        { of, folder: "/x", volume: { freeBytes, type }, problem: null },
        { diskFloorBytes: 5e9, platform: "linux" },
      ),
    ).toMatchObject({ state, found: expect.stringContaining(found) }),
  );
});

describe("the libraries", () => {
  it("say their failure with its own advice", () => {
    const outcome = { state: "unusable", code: "library-missing", message: "It is gone." } as const;
    expect(judgeLibrary({ folder: "/x", assetType: "fx", outcome })).toMatchObject({
      check: "library.fx",
      state: "failed",
      found: "It is gone.",
      mend: expect.stringContaining("Mount"),
    });
  });
  it.each([
    [true, true, "ok"],
    [false, false, "ok"],
    [false, true, "failed"],
  ])("a root that is there: %s, with libraries before: %s", (isThere, hadLibraries, state) =>
    expect(judgeLibraryRoot({ root: "/x", isThere, hadLibraries }).state).toBe(state),
  );
});

describe("the way to the shop", () => {
  const nowMs = Date.parse("2026-07-01T10:00:00Z");
  const done = { done: true, value: null } as const;
  const trusted: CertificateFacts = {
    protocol: "TLSv1.3",
    issuer: "Good CA",
    validTo: "Sep 1 00:00:00 2026 GMT",
    distrust: null,
  };
  const direct: OriginFacts = {
    name: "shop",
    host: "shop.example.com",
    port: 443,
    isTls: true,
    proxy: null,
    lookup: { done: true, value: ["192.0.2.1"] },
    needsLookup: true,
    connection: done,
    tunnel: null,
    certificate: { done: true, value: trusted },
  };
  const proxied: OriginFacts = {
    ...direct,
    proxy: { shown: "proxy.example.com:3128", from: "HTTPS_PROXY in the environment" },
    tunnel: { done: true, value: 200 },
  };
  const states = (facts: OriginFacts) =>
    Object.fromEntries(judgeOrigin(facts, nowMs).map(({ check, state }) => [check.split(".")[1], state]));
  const failed = (code: string) => ({ done: false, code, reason: `it said ${code}` }) as const;
  const withCertificate = (change: Partial<CertificateFacts>): OriginFacts => ({
    ...direct,
    certificate: { done: true, value: { ...trusted, ...change } },
  });

  it("is in order step by step", () => {
    expect(states(direct)).toEqual({ name: "ok", connection: "ok", tls: "ok" });
    expect(states(proxied)).toEqual({ name: "ok", connection: "ok", proxy: "ok", tls: "ok" });
    expect([isReached(direct), isReached(proxied)]).toEqual([true, true]);
  });

  it.each<[string, OriginFacts, Record<string, string>]>([
    [
      "no name",
      { ...direct, lookup: failed("ENOTFOUND"), connection: null, certificate: null },
      { name: "failed", connection: "not-tried", tls: "not-tried" },
    ],
    [
      "no connection",
      { ...direct, connection: failed("ECONNREFUSED"), certificate: null },
      { name: "ok", connection: "failed", tls: "not-tried" },
    ],
    [
      "a proxy that refuses",
      { ...proxied, tunnel: { done: true, value: 407 }, certificate: null },
      { name: "ok", connection: "ok", proxy: "failed", tls: "not-tried" },
    ],
    [
      "no proxy there",
      { ...proxied, connection: failed("ECONNREFUSED"), tunnel: null, certificate: null },
      { name: "ok", connection: "failed", proxy: "not-tried", tls: "not-tried" },
    ],
    [
      "no TLS",
      { ...direct, certificate: failed("ERR_SSL_WRONG_VERSION_NUMBER") },
      { name: "ok", connection: "ok", tls: "failed" },
    ],
    [
      "a certificate that ends soon",
      withCertificate({ validTo: "Jul 2 00:00:00 2026 GMT" }),
      { name: "ok", connection: "ok", tls: "warning" },
    ],
  ])("breaks off at the first step that fails: %s", (_what, facts, expected) =>
    expect(states(facts)).toEqual(expected),
  );

  it.each([
    ["SELF_SIGNED_CERT_IN_CHAIN", "does not know who issued", "network.extraCertificateFiles"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "does not know who issued", "NODE_EXTRA_CA_CERTS"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "issued it to itself", "network.extraCertificateFiles"],
    ["CERT_HAS_EXPIRED", "has ended", "date"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "another host", "sign-in page"],
    ["CERT_REVOKED", "CERT_REVOKED", "browser"],
  ])("%s is told in words and never mended by trusting less", (distrust, found, mend) => {
    const facts = withCertificate({ distrust });
    const tls = judgeOrigin(facts, nowMs).find(({ check }) => check === "network.tls.shop");
    expect(tls).toMatchObject({
      state: "failed",
      found: expect.stringContaining(found),
      mend: expect.stringContaining(mend),
    });
    expect(isReached(facts)).toBe(false);
    expect(JSON.stringify(tls)).not.toMatch(/turn off|disable|NODE_TLS_REJECT/i);
  });

  it("a request that was not tried says why", () => {
    expect(judgeRequest({ name: "blog", what: "x", outcome: null, notTried: "A step failed." })).toMatchObject({
      state: "not-tried",
      found: "A step failed.",
    });
  });
});

describe("the account", () => {
  const facts: AccountFacts = {
    username: "ann",
    password: "file",
    reason: null,
    rememberedRefusal: null,
    isReached: true,
    signIn: { done: true },
  };
  it.each<[string, Partial<AccountFacts>, string, string]>([
    ["accepted", {}, "ok", "accepts"],
    ["no account", { username: null }, "not-tried", "No account"],
    ["no password", { password: "none", signIn: null }, "failed", "No password"],
    ["locked away", { password: "unreadable", reason: "It is locked.", signIn: null }, "failed", "locked"],
    ["refused before", { rememberedRefusal: "Wrong password.", signIn: null }, "failed", "Not tried"],
    ["not reached", { isReached: false, signIn: null }, "not-tried", "not reached"],
    ["refused", { signIn: { done: false, code: "sign-in-failed", message: "No" } }, "failed", "No."],
  ])("%s", (_what, change, state, found) =>
    expect(judgeAccount({ ...facts, ...change })).toMatchObject({ state, found: expect.stringContaining(found) }),
  );

  const locked = { usable: false, reason: "locked" } as const;
  it.each([
    ["file", { usable: true }, "ok"],
    ["file", locked, "ok"],
    ["environment", locked, "ok"],
    ["none", locked, "warning"],
    ["unreadable", locked, "failed"],
  ] as const)("its keychain with the password in %s", (password, reply, state) =>
    expect(judgeKeychain({ password, reply }).state).toBe(state),
  );

  const product = (productId: number, left: number, inDoubt = 0) => ({ productId, title: null, left, inDoubt });
  it.each([
    [[], 0, "ok", "Nothing"],
    [[product(1, 3)], 0, "ok", "1 product was downloaded"],
    [[product(1, 0), product(2, 4)], 0, "warning", "No download is left of 1."],
    [[product(1, 2, 1)], 0, "warning", "counted as spent: 1."],
    [[1, 2, 3, 4, 5, 6, 7].map((id) => product(id, 0)), 0, "warning", "5 and 2 more"],
    [[product(1, 3)], 2, "warning", "2 of its lines"],
  ])("its downloads %#", (products, damagedLines, state, found) =>
    expect(judgeQuota({ products, damagedLines })).toMatchObject({ state, found: expect.stringContaining(found) }),
  );
});

describe("the rest", () => {
  it.each([
    [{ port: 4747, holder: "nobody" }, "ok"],
    [{ port: 4747, holder: "ours" }, "ok"],
    [{ port: 4747, holder: "another" }, "failed"],
    [{ port: 80, holder: { problem: "EACCES" } }, "failed"],
  ] as const)("the port %j", (facts, state) => expect(judgePort(facts).state).toBe(state));

  it("the daemon and the configuration", () => {
    expect(judgeDaemon({ state: "silent", reason: "No." })).toMatchObject({ state: "failed" });
    expect(judgeDaemon({ state: "none" })).toMatchObject({ state: "ok" });
    const told = { file: "/c", fromEnvironment: [] };
    expect(judgeConfig({ ...told, isThere: true, problems: ["One.", "Two."] }).map(({ found }) => found)).toEqual([
      "One.",
      "Two.",
    ]);
    expect(judgeConfig({ ...told, isThere: false, problems: ["x"] })).toMatchObject([
      { mend: expect.stringContaining("asset-sync init") },
    ]);
    expect(judgeConfig({ ...told, isThere: true, problems: [] })).toMatchObject([{ state: "ok" }]);
  });

  it("Blender's libraries, by folder", () => {
    const wanted = [
      { name: "A", folder: "/lib/A" },
      { name: "B", folder: "/lib/B" },
    ];
    const judge = (folders: string[] | null) =>
      judgeBlenderLibraries({
        preferences: [
          { file: "/p", version: "4.2", libraries: folders?.map((folder) => ({ name: "", folder })) ?? null },
        ],
        wanted,
        isSame: (one, other) => one === other,
      });
    expect(judge(["/lib/A", "/lib/B"])).toMatchObject([{ state: "ok" }]);
    expect(judge(["/lib/A"])).toMatchObject([{ state: "warning", found: "1 of 2 are not there: B." }]);
    expect(judge([])).toMatchObject([{ state: "warning", mend: expect.stringContaining("/lib/A, /lib/B") }]);
    expect(judge(null)).toMatchObject([{ state: "warning", found: expect.stringContaining("not be understood") }]);
    expect(judgeBlenderPrograms([])).toMatchObject([{ state: "warning" }]);
  });

  it("only a failure fails", () => {
    const check = { check: "a.b", tried: "t" };
    const findings = [foundOk(check, "f"), foundWarning(check, "f", "m")];
    expect(hasFailed(findings)).toBe(false);
    expect(countStates(findings)).toEqual({ ok: 1, warning: 1, failed: 0, "not-tried": 0 });
  });
});
