import { open } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { resolveHomeFolders } from "../config/home-folders.ts";
import { type LoadedConfig, loadConfig } from "../config/load-config.ts";
import type { Finding } from "../domain/diagnosis/finding.ts";
import { exitStatuses } from "../domain/exit-status.ts";
import type { SpendEvidence } from "../domain/support/evidence.ts";
import { redactPerson } from "../domain/support/redact-person.ts";
import { createLogScrubber } from "../log-scrubber.ts";
import { type ApiClient, createApiClient } from "./api-client.ts";
import type { Command, CommandContext } from "./command.ts";
import { examine } from "./doctor.ts";
import { explainError } from "./explain-error.ts";
import { findDaemon } from "./find-daemon.ts";
import { listLogFiles, readLogLines } from "./log-files.ts";
import { ask } from "./prompt.ts";
import { describeStatus } from "./status.ts";
import { formatBundle } from "./support-bundle.ts";
import { UsageError } from "./usage-error.ts";
import { readVersion } from "./version.ts";

const logLines = 200;

export const support: Command = {
  name: "support",
  summary: "Show what whoever helps you needs to know, without secrets, and write it to a file.",
  usage: "",
  minArguments: 0,
  maxArguments: 0,
  options: [
    { name: "output", value: "FILE", help: "Write it there without asking; a file that is there is never replaced." },
    { name: "offline", help: "Ask no other computer: leave out network and sign-in." },
  ],
  example: "asset-sync support --output support.txt",
  async run(context) {
    const { flags, json, output, signal, terminal } = context;
    const text = await makeBundle(context);
    const named = flags.text("output");
    if (named !== undefined || json) {
      const file = named === undefined ? null : await writeNew(path.resolve(named), text);
      output.answer({ file, text }, () => [
        `Written: ${file}`,
        "Read it before you send it; nothing was sent to anybody.",
      ]);
      return exitStatuses.done;
    }
    const isTalking = terminal.stdin.isTTY === true && terminal.stderr.isTTY === true;
    output.answer({ file: null, text }, () => [text.trimEnd()]);
    if (!isTalking) return exitStatuses.done;
    const proposed = `asset-sync-support-${new Date().toISOString().slice(0, 10)}.txt`;
    const question = "\nNothing was sent to anybody. Write the text above to a file? Its name, or no";
    const answer = await ask(terminal, { question, otherwise: proposed, signal });
    if (/^no?$/i.test(answer)) return exitStatuses.done;
    output.note(`Written: ${await writeNew(path.resolve(answer), text)}`);
    return exitStatuses.done;
  },
};

/** Gathers everything first; then every line goes through what strikes secrets and names. */
async function makeBundle(context: CommandContext): Promise<string> {
  const { env, signal } = context;
  const gather = await import("../diagnosis/gather-for-support.ts");
  const loaded = await load(context);
  const config = "config" in loaded ? loaded.config : null;
  const findings: Finding[] = await examine(context, { withNetwork: !context.flags.isSet("offline") });
  const daemon = await askDaemon(context);
  const spends = daemon.spends ?? (config === null ? [] : await gather.peekSpends(config));
  const secrets = config === null ? [] : await gather.gatherSecrets({ config, env, signal });
  const scrubber = createLogScrubber([...secrets, ...(daemon.token === null ? [] : [daemon.token])]);
  const person = {
    username: config?.imeshh.username ?? null,
    systemName: gather.readSystemName(),
    userFolder: env.HOME ?? homedir(),
  };
  const strike = (line: string): string => {
    const { msg } = JSON.parse(scrubber.scrubLine(JSON.stringify({ msg: line }))) as { msg: string };
    return redactPerson(msg, person);
  };
  const text = formatBundle({
    madeAt: new Date().toISOString(),
    versions: gather.describeVersions(readVersion()),
    configuration: "config" in loaded ? gather.describeConfig(loaded, env) : loaded.problem.split("\n"),
    // Before they are broken into lines: a folder's name may have a blank in it.
    findings: findings.map((finding) => ({
      ...finding,
      tried: strike(finding.tried),
      found: strike(finding.found),
      mend: finding.mend === null ? null : strike(finding.mend),
    })),
    status: daemon.status,
    failures: daemon.failures,
    spends,
    downloadLimit: config?.imeshh.downloadLimit ?? 4,
    log: await readLog(context),
  });
  return text.split("\n").map(strike).join("\n");
}

async function load(context: CommandContext): Promise<LoadedConfig | { problem: string }> {
  try {
    return await loadConfig({ home: context.home, env: context.env });
  } catch (error) {
    return { problem: explainError(error).message };
  }
}

interface DaemonAnswers {
  readonly status: readonly string[];
  readonly failures: readonly string[];
  /** Null where none runs. */
  readonly spends: readonly SpendEvidence[] | null;
  readonly token: string | null;
}

async function askDaemon(context: CommandContext): Promise<DaemonAnswers> {
  const { signal } = context;
  const { apiFile } = resolveHomeFolders({ home: context.home, env: context.env });
  try {
    const found = await findDaemon({ apiFile, signal });
    if (found === undefined) return { status: ["Not running."], failures: [], spends: null, token: null };
    const client = createApiClient({ ...found, signal });
    const answer = await client.status();
    const failed = answer.lastSync?.result.failed ?? [];
    return {
      status: describeStatus(answer, false),
      failures: failed.map(({ productId, code, message }) => `${productId || "-"}  ${code}  ${message}`),
      spends: await readSpends(client),
      token: found.token,
    };
  } catch (error) {
    signal.throwIfAborted();
    return { status: [explainError(error).message], failures: [], spends: null, token: null };
  }
}

/** More spends than this are not one person's. */
const maxSpends = 20_000;

async function readSpends(client: ApiClient): Promise<SpendEvidence[]> {
  const all: SpendEvidence[] = [];
  for (let beforeId: number | undefined; all.length < maxSpends; ) {
    const page = await client.ledger({ limit: 1_000, ...(beforeId === undefined ? {} : { beforeId }) });
    all.push(...page.spends.map((spend) => ({ ...spend, reservedAtMs: Date.parse(spend.reservedAt) })));
    if (page.nextBeforeId === null) break;
    beforeId = page.nextBeforeId;
  }
  return all;
}

/** The last lines, as they are in the log. */
async function readLog(context: CommandContext): Promise<string[]> {
  const { logs } = resolveHomeFolders({ home: context.home, env: context.env });
  const lines: string[] = [];
  for (const file of (await listLogFiles(logs)).toReversed()) {
    if (lines.length >= logLines) break;
    lines.unshift(...(await readLogLines(file, 0)).lines.map((line) => JSON.stringify(line)));
  }
  return lines.slice(-logLines);
}

/** For its owner only, and never over what is there. */
async function writeNew(file: string, text: string): Promise<string> {
  try {
    const handle = await open(file, "wx", 0o600);
    await handle.writeFile(text).finally(() => handle.close());
    return file;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new UsageError(`There is a file ${file} already; name another one.`);
  }
}
