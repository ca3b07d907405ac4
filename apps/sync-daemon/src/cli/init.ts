import { access, mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import { listConfigKeys, parseKeyText } from "../config/config-keys.ts";
import { formatConfig } from "../config/format-config.ts";
import { resolveHomeFolders } from "../config/home-folders.ts";
import { formatJsonSchema, jsonSchemaFileName } from "../config/json-schema.ts";
import { loadConfig, parseConfig } from "../config/load-config.ts";
import { findNearest } from "../config/nearest.ts";
import { type PasswordPlace, readPassword, storePassword } from "../config/password.ts";
import { type ExitStatus, exitStatuses } from "../domain/exit-status.ts";
import type { Command, CommandContext } from "./command.ts";
import { ask, askSecret, readSecret } from "./prompt.ts";
import { checkAccount } from "./serve.ts";
import { UsageError } from "./usage-error.ts";

const wantedChoices: Readonly<Record<string, readonly unknown[]>> = { free: [{ freebie: true }], none: [] };

export const init: Command = {
  name: "init",
  summary: "Set up: library folder, account, and what to fetch. Tests the sign-in.",
  usage: "",
  minArguments: 0,
  maxArguments: 0,
  options: [
    { name: "library", value: "DIR", help: "The folder for your asset libraries." },
    { name: "sample-shop", help: "Look around in a sample shop on this machine; no account is needed, nothing costs." },
    { name: "username", value: "NAME", help: "Your user name in the shop; leave it out to begin without an account." },
    { name: "password-stdin", help: "Read the password from standard input." },
    { name: "no-keychain", help: "Keep the password in a file that only you can read, not in the system's keychain." },
    { name: "wanted", value: "free|none", help: "Fetch all free products, or nothing by itself." },
    { name: "set", value: "KEY=VALUE", isRepeatable: true, help: "Set any key of the configuration." },
    { name: "skip-check", help: "Do not test the sign-in." },
    { name: "password-only", help: "Ask for the password anew; the configuration that is there stays as it is." },
    { name: "force", help: "Replace a configuration that is there; the old one is kept beside it." },
  ],
  example: "asset-sync init --library ~/Documents/iMeshh --username me@example.com --wanted free",
  async run(context) {
    const { env, flags, output, signal } = context;
    const home = resolveHomeFolders({ home: context.home, env });
    if (flags.isSet("password-only")) return changePassword(context);
    const isThere = await exists(home.configFile);
    if (isThere && !flags.isSet("force")) {
      throw new ConfigError([
        `There is a configuration already: ${home.configFile}. Edit it, change the password with \`asset-sync init --password-only\`, or replace all with \`asset-sync init --force\`.`,
      ]);
    }

    const chosen = await choose(context);
    // On its own first: what the environment happens to say today must not hide a slip that goes into the file.
    parseConfig({ env, text: "{}", home, overrides: chosen });
    const text = formatConfig(chosen);
    const { config } = parseConfig({ env, text, home });
    const account = await choosePassword(context, config);
    const mayCheck = config.imeshh.username !== null && account.password !== null && !flags.isSet("skip-check");
    if (mayCheck && account.password !== null) await checkAccount({ config, password: account.password, signal });

    await mkdir(home.home, { recursive: true, mode: 0o700 });
    await mkdir(config.library.root, { recursive: true });
    const kept = isThere ? await setAside(home.configFile) : null;
    await writeFile(path.join(home.home, jsonSchemaFileName), formatJsonSchema());
    await writeFile(home.configFile, text, { flag: "wx", mode: 0o600 });
    const stored =
      account.isNew && account.password !== null ? await keepPassword(context, config, account.password) : null;

    const sameHome = context.home === undefined ? "" : ` --home ${context.home}`;
    const isSample = config.imeshh.shop === "sample-shop";
    const state = config.imeshh.username === null ? "none" : mayCheck ? "checked" : "unchecked";
    output.answer(
      {
        configFile: home.configFile,
        home: home.home,
        library: config.library.root,
        account: state,
        password: stored?.place ?? null,
      },
      () => [
        `Written: ${home.configFile}`,
        ...(kept === null ? [] : [`The old one is kept as ${kept}.`]),
        ...(stored === null ? [] : [describePlace(stored)]),
        ...(state === "checked" ? ["The shop accepts the account."] : []),
        ...(state === "unchecked" && account.password !== null ? ["The account was not tested."] : []),
        ...(state === "unchecked" && account.password === null
          ? [`No password is stored yet: \`asset-sync init --password-only${sameHome}\` asks for it.`]
          : []),
        ...(isSample ? ["It looks at the sample shop on this machine, where nothing costs anything."] : []),
        ...(state === "none" && !isSample ? ["No account is set up; only what needs none is kept current."] : []),
        "",
        `\`asset-sync plan${sameHome}\` shows what a sync would fetch and what it costs; nothing is spent by it.`,
        `\`asset-sync sync${sameHome}\` does it once, \`asset-sync serve${sameHome}\` keeps the library current.`,
      ],
    );
    return exitStatuses.done;
  },
};

/** A password changes more often than the rest; nobody should answer every question again for it. */
async function changePassword(context: CommandContext): Promise<ExitStatus> {
  const { env, flags, output, signal } = context;
  const { config } = await loadConfig({ home: context.home, env });
  if (config.imeshh.username === null)
    throw new ConfigError([`There is no user name in ${config.home.configFile}; add \`imeshh.username\` to it first.`]);
  const chosen = await choosePassword(context, config);
  const { password } = chosen;
  // One that lies in the file is stored again, too: that moves it into the keychain.
  if (password === null || !(chosen.isNew || chosen.isInFile))
    throw new UsageError(
      env.ASSET_SYNC_IMESHH_PASSWORD
        ? "ASSET_SYNC_IMESHH_PASSWORD is set and takes the place of a stored password; change it there."
        : "No password was given; type it in a terminal, or pass it with `--password-stdin`.",
    );
  const mayCheck = !flags.isSet("skip-check");
  if (mayCheck) await checkAccount({ config, password, signal });
  const stored = await keepPassword(context, config, password);
  const account = mayCheck ? "checked" : "unchecked";
  output.answer(
    {
      configFile: config.home.configFile,
      home: config.home.home,
      library: config.library.root,
      account,
      password: stored.place,
    },
    () => [
      `${describePlace(stored)} ${mayCheck ? "The shop accepts the account." : "The account was not tested."}`,
      "If `asset-sync serve` is running, start it again.",
    ],
  );
  return exitStatuses.done;
}

function keepPassword(context: CommandContext, config: Config, password: string): Promise<PasswordPlace> {
  const { env, flags, signal } = context;
  return storePassword({ config, password, useKeychain: !flags.isSet("no-keychain"), env, signal });
}

function describePlace(stored: PasswordPlace): string {
  if (stored.place === "keychain") return "The password is in the system's keychain.";
  const why = stored.why === null ? "" : ` The system's keychain could not be used: ${stored.why}.`;
  return `The password is in ${stored.file}, which only you can read.${why}`;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Values by key path, from the options and, on a terminal, from questions for what they leave open. */
async function choose(context: CommandContext): Promise<Record<string, unknown>> {
  const { flags, signal, terminal } = context;
  const set = readSetOptions(flags.list("set"));
  const keys = listConfigKeys();
  const asks = isTalking(context);
  const defaultRoot = String(keys.find(({ path: keyPath }) => keyPath === "library.root")?.default);

  const chosen: Record<string, unknown> = {};
  const root = flags.text("library");
  if (root !== undefined) chosen["library.root"] = root.startsWith("~") ? root : path.resolve(root);
  else if (!("library.root" in set))
    chosen["library.root"] = asks
      ? await ask(terminal, { question: "Folder for your asset libraries", otherwise: defaultRoot, signal })
      : defaultRoot;

  const isSample = flags.isSet("sample-shop");
  if (isSample && (flags.text("username") !== undefined || flags.isSet("password-stdin")))
    throw new UsageError('"--sample-shop" has an account of its own; leave user name and password out.');
  if (isSample) chosen["imeshh.shop"] = "sample-shop";
  const username =
    flags.text("username") ??
    (asks && !isSample && !("imeshh.username" in set)
      ? await ask(terminal, { question: "User name in the shop (empty: none)", otherwise: "", signal })
      : "");
  if (username !== "") chosen["imeshh.username"] = username;

  let wanted = flags.text("wanted");
  if (wanted === undefined && asks && !("imeshh.wanted" in set)) {
    const question = "Fetch all free products, or nothing by itself? (free, none)";
    do wanted = await ask(terminal, { question, otherwise: "free", signal });
    while (!Object.hasOwn(wantedChoices, wanted));
  }
  if (wanted !== undefined) {
    const rules = Object.hasOwn(wantedChoices, wanted) ? wantedChoices[wanted] : undefined;
    if (rules === undefined)
      throw new UsageError(`"--wanted" needs free or none, but it is "${wanted}"; other rules go into the file.`);
    chosen["imeshh.wanted"] = rules;
  }
  return { ...chosen, ...set };
}

function readSetOptions(written: readonly string[]): Record<string, unknown> {
  const keys = listConfigKeys();
  return Object.fromEntries(
    written.map((text) => {
      const [, name = "", value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      const key = keys.find((candidate) => candidate.path === name);
      if (key !== undefined) return [key.path, parseKeyText(key, value)];
      const nearest = findNearest(
        name || text,
        keys.map((candidate) => candidate.path),
      );
      throw new UsageError(
        `"--set ${text}" names no key of the configuration. ${nearest === undefined ? "Write it as KEY=VALUE, such as api.port=0." : `Did you mean "${nearest}"?`}`,
      );
    }),
  );
}

async function choosePassword(
  context: CommandContext,
  config: Config,
): Promise<{ password: string | null; isNew: boolean; isInFile?: boolean }> {
  const { env, flags, signal, terminal } = context;
  if (flags.isSet("password-stdin")) {
    const password = await readSecret(terminal.stdin);
    if (password === "") throw new UsageError('"--password-stdin" got no password on standard input.');
    return { password, isNew: true };
  }
  if (config.imeshh.username === null) return { password: null, isNew: false };
  const fromEnvironment = env.ASSET_SYNC_IMESHH_PASSWORD;
  if (fromEnvironment !== undefined && fromEnvironment !== "") return { password: fromEnvironment, isNew: false };
  if (isTalking(context)) {
    const password = await askSecret(terminal, { question: "Password (not shown)", signal: context.signal });
    return { password: password === "" ? null : password, isNew: true };
  }
  const { password, place } = await readPassword({ env, config, signal });
  return { password, isNew: false, isInFile: place === "file" };
}

function isTalking({ terminal: { stdin, stderr }, json, flags }: CommandContext): boolean {
  return stdin.isTTY === true && stderr.isTTY === true && !json && !flags.isSet("password-stdin");
}

/** Renames the old file to the first free name; nothing of a person's is ever overwritten. */
async function setAside(file: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const kept = `${file}.old-${number}`;
    if (await exists(kept)) continue;
    await rename(file, kept);
    return kept;
  }
}
