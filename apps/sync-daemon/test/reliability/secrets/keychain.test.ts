import { randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCommand, startCommand } from "../../../src/cli/__fixtures__/run-command.ts";
import { readFromKeychain } from "../../../src/config/keychain.ts";
import { record, recordSkipped } from "../record.ts";
import {
  countPrompts,
  type KeychainSession,
  makePerson,
  startKeychainSession,
  whyNoKeychainSession,
} from "./keychain-session.ts";
import { watchDescendants } from "./watch-processes.ts";

const impossible = whyNoKeychainSession();
const what = "password in the system's keychain: unlocked, locked, prompt that nobody answers, none";
if (impossible !== null) recordSkipped("I11", what, impossible);

const startedMs = performance.now();
let injections = 0;
let wrong = 0;
afterAll(() => {
  if (impossible === null)
    record({ test: "I11", what, injections, wrong, secondSpends: null, seed: null, ms: performance.now() - startedMs });
});

/** No shop is there to ask: the account is not tested. */
const setUp = ["init", "--password-stdin", "--skip-check", "--json"];
const account = "me@example.com at http://127.0.0.1:9";
const shop = ["--set", "imeshh.origins.shop=http://127.0.0.1:9"];

/** Every other part of the shop: where nobody listens. */
const nobody = Object.fromEntries(
  ["BLOG", "FEEDS", "EXTENSIONS"].map((part) => [`ASSET_SYNC_IMESHH_ORIGINS_${part}`, "http://127.0.0.1:9"]),
);

/** A home inside the person's folder, and commands in the given session. */
function homeOf(person: string) {
  const home = join(person, "home");
  const secretsFile = join(home, "secrets.json");
  const environment = { ASSET_SYNC_HOME: home, ASSET_SYNC_API_PORT: "0", HOME: person, ...nobody };
  const run = (env: Record<string, string>, args: string[], input = "") =>
    // An empty variable: what the test's own session has must not shine through.
    runCommand(args, { env: { DBUS_SESSION_BUS_ADDRESS: "", ...env, ...environment }, input });
  return {
    environment,
    home,
    secretsFile,
    run,
    init: (env: Record<string, string>, password: string, more: string[] = [], username = "me@example.com") =>
      run(
        env,
        [...setUp, ...shop, "--username", username, "--library", join(person, "library"), ...more],
        `${password}\n`,
      ),
    change: (env: Record<string, string>, password: string, more: string[] = []) =>
      run(env, ["init", "--password-only", "--password-stdin", "--skip-check", ...more], `${password}\n`),
    secrets: async () => JSON.parse(await readFile(secretsFile, "utf8")),
  };
}

const inKeychain = ({ env }: KeychainSession) =>
  readFromKeychain({ account, env, signal: new AbortController().signal });

const newPassword = () => `pw-${randomBytes(12).toString("hex")}`;

/** Counts an injection, and its outcome as wrong unless the checks pass. */
async function inject(check: () => Promise<void>): Promise<void> {
  injections += 1;
  wrong += 1;
  await check();
  wrong -= 1;
}

describe.skipIf(impossible !== null)("the system's keychain", () => {
  it("takes the password, gives it back, and no file holds it", () =>
    inject(async () => {
      const person = await makePerson();
      const session = await startKeychainSession({ person, state: "unlocked" });
      const at = homeOf(person);
      const password = newPassword();
      const children = watchDescendants(process.pid);
      // Standard input wins; what the environment holds beside it must not go on to anybody.
      const inEnvironment = newPassword();
      const result = await at.init({ ...session.env, ASSET_SYNC_IMESHH_PASSWORD: inEnvironment }, password);
      const seen = await children.stop();
      expect([result.status, JSON.parse(result.stdout)]).toEqual([
        0,
        expect.objectContaining({ password: "keychain" }),
      ]);
      expect(await at.secrets()).toEqual({ imeshh: { keychain: account } });
      expect(await inKeychain(session)).toEqual({ done: true, password });
      // Neither the command nor the process that asked the keychain could be seen with it.
      const askers = seen.filter(({ commandLine }) => commandLine.includes("keychain-child"));
      expect(askers.length).toBeGreaterThan(0);
      for (const { environment } of askers) expect(environment.includes(inEnvironment)).toBe(false);
      for (const { commandLine, environment } of seen)
        expect(commandLine.includes(password) || environment.includes(password)).toBe(false);

      // A new password takes the place of the old one.
      const second = newPassword();
      const changed = await at.change(session.env, second);
      expect([changed.status, changed.stdout]).toEqual([0, expect.stringContaining("in the system's keychain")]);
      expect(await inKeychain(session)).toEqual({ done: true, password: second });

      // Asked to keep it in a file, the keychain's copy goes.
      const third = newPassword();
      expect((await at.change(session.env, third, ["--no-keychain"])).status).toBe(0);
      expect(await at.secrets()).toEqual({ imeshh: { password: third } });
      expect(await inKeychain(session)).toEqual({ done: true, password: null });
    }));

  it("takes over what a file held, and the file forgets it only after the keychain gave it back", () =>
    inject(async () => {
      const person = await makePerson();
      const session = await startKeychainSession({ person, state: "unlocked" });
      const at = homeOf(person);
      const password = newPassword();
      await at.init(session.env, password, ["--no-keychain"]);
      expect(await at.secrets()).toEqual({ imeshh: { password } });
      const moved = await at.run(session.env, ["init", "--password-only", "--skip-check"]);
      expect([moved.status, moved.stderr]).toEqual([0, ""]);
      expect(await at.secrets()).toEqual({ imeshh: { keychain: account } });
      expect(await inKeychain(session)).toEqual({ done: true, password });
    }));

  it("is forgotten for a name that is no longer used", () =>
    inject(async () => {
      const person = await makePerson();
      const session = await startKeychainSession({ person, state: "unlocked" });
      const at = homeOf(person);
      await at.init(session.env, newPassword());
      const other = newPassword();
      await at.init(session.env, other, ["--force"], "you@example.com");
      expect(await at.secrets()).toEqual({ imeshh: { keychain: "you@example.com at http://127.0.0.1:9" } });
      expect(await inKeychain(session)).toEqual({ done: true, password: null });
    }));

  it.each(["fails", "hangs"] as const)("is given up when it is locked and its prompt %s", (prompt) =>
    inject(async () => {
      const person = await makePerson();
      const at = homeOf(person);
      const first = await startKeychainSession({ person, state: "unlocked" });
      const old = newPassword();
      await at.init(first.env, old);
      await first.end();

      const locked = await startKeychainSession({ person, state: "locked", prompt });
      // What is in there cannot be read: that is said, and nothing goes on as if there were no account.
      const status = await at.run(locked.env, ["sync"]);
      expect([status.status, status.stderr]).toEqual([3, expect.stringContaining("Unlock it and start again")]);

      const password = newPassword();
      const changed = await at.change(locked.env, password);
      expect(changed.status).toBe(0);
      // The bus itself would end the wait after 25 s, with other words.
      const because = prompt === "hangs" ? "it did not answer within 5 s" : "could not be used";
      expect(changed.stdout).toContain(because);
      expect(changed.stdout).toContain(at.secretsFile);
      expect(await at.secrets()).toEqual({ imeshh: { password } });
      expect((await stat(at.secretsFile)).mode & 0o777).toBe(0o600);
      expect((await stat(at.home)).mode & 0o777).toBe(0o700);
      if (prompt === "hangs") {
        expect(countPrompts(person)).toBeGreaterThan(0);
      }
      await locked.end();

      // Once unlocked, the same command moves it into the keychain.
      const unlocked = await startKeychainSession({ person, state: "unlocked" });
      expect((await at.run(unlocked.env, ["init", "--password-only", "--skip-check"])).status).toBe(0);
      expect(await inKeychain(unlocked)).toEqual({ done: true, password });
      expect(await at.secrets()).toEqual({ imeshh: { keychain: account } });
    }),
  );

  it("is not there: the password goes into a file for its owner only, and that is said", () =>
    inject(async () => {
      const person = await makePerson();
      const at = homeOf(person);
      const nowhere = { DBUS_SESSION_BUS_ADDRESS: "", XDG_RUNTIME_DIR: join(person, "none") };
      const password = newPassword();
      const result = await at.init(nowhere, password);
      expect([result.status, JSON.parse(result.stdout)]).toEqual([0, expect.objectContaining({ password: "file" })]);
      const changed = await at.change(nowhere, password);
      expect(changed.stdout).toContain("The system's keychain could not be used: ");
      expect(await at.secrets()).toEqual({ imeshh: { password } });
      expect((await stat(at.secretsFile)).mode & 0o777).toBe(0o600);
      expect((await stat(at.home)).mode & 0o777).toBe(0o700);
    }));

  it("loses its entry: the account is gone, and a person is told what to do", () =>
    inject(async () => {
      const person = await makePerson();
      const at = homeOf(person);
      const first = await startKeychainSession({ person, state: "unlocked" });
      await at.init(first.env, newPassword());
      await first.end();
      // Another person's keychain stands for one whose entry was deleted by hand.
      const empty = await startKeychainSession({ person: await makePerson(), state: "unlocked" });
      const server = startCommand(["serve"], { env: { ...empty.env, ...at.environment } });
      await expect.poll(server.stdout, { timeout: 180_000 }).toContain("No account is set up");
      expect(server.stderr()).toContain(`holds no password for ${account}`);
      server.kill("SIGTERM");
      expect((await server.result).status).toBe(0);
    }));
});
