import { resolveHomeFolders } from "../config/home-folders.ts";
import { countStates, type Finding, type FindingState, hasFailed } from "../domain/diagnosis/finding.ts";
import type { DaemonFacts } from "../domain/diagnosis/judge-daemon.ts";
import { exitStatuses } from "../domain/exit-status.ts";
import { type ApiClient, createApiClient } from "./api-client.ts";
import type { Command, CommandContext } from "./command.ts";
import { explainError } from "./explain-error.ts";
import { findDaemon } from "./find-daemon.ts";
import { cleanText, wrapText } from "./format.ts";
import type { Output } from "./output.ts";

export const doctor: Command = {
  name: "doctor",
  summary: "Look for what is wrong, from disk to sign-in, and say how to mend it.",
  usage: "",
  minArguments: 0,
  maxArguments: 0,
  options: [{ name: "offline", help: "Ask no other computer: leave out network and sign-in." }],
  example: "asset-sync doctor",
  async run(context) {
    const findings = await examine(context, { withNetwork: !context.flags.isSet("offline") });
    const counts = countStates(findings);
    const isHealthy = !hasFailed(findings);
    context.output.answer({ healthy: isHealthy, counts, findings }, () => [
      ...formatFindings(findings, context.output),
      isHealthy && counts.warning === 0
        ? "All is well."
        : `${counts.failed} failed, ${counts.warning} to look at, ${counts.ok} in order.`,
    ]);
    return isHealthy ? exitStatuses.done : exitStatuses.failed;
  },
};

/** All findings; a running daemon is asked for what only it may open. */
export async function examine(context: CommandContext, options: { withNetwork: boolean }): Promise<Finding[]> {
  const { env, home, signal } = context;
  const { daemon, client } = await askForDaemon(context);
  const fromDaemon = client === null ? null : await askDaemon(client);
  // Only here: what it looks with takes other commands' time to load.
  const { diagnose } = await import("../diagnosis/diagnose.ts");
  return diagnose({ home, env, daemon, fromDaemon, withNetwork: options.withNetwork, signal });
}

async function askForDaemon(context: CommandContext): Promise<{ daemon: DaemonFacts; client: ApiClient | null }> {
  const { signal } = context;
  const { apiFile } = resolveHomeFolders({ home: context.home, env: context.env });
  try {
    const found = await findDaemon({ apiFile, signal });
    if (found === undefined) return { daemon: { state: "none" }, client: null };
    const client = createApiClient({ ...found, signal });
    const { version, pid } = await client.status();
    return { daemon: { state: "answers", version, pid, address: found.address }, client };
  } catch (error) {
    signal.throwIfAborted();
    return { daemon: { state: "silent", reason: explainError(error).message }, client: null };
  }
}

async function askDaemon(client: ApiClient) {
  const [{ products }, { account }] = await Promise.all([client.quota(), client.status()]);
  const byProduct = new Map(
    products.map(({ productId, title, left, inDoubt }) => [
      productId,
      { productId, title: title ?? null, left, inDoubt },
    ]),
  );
  const accountRefusal = account.state === "refused" ? "The running asset-sync says so" : null;
  return { products: [...byProduct.values()], accountRefusal };
}

const areas: Readonly<Record<string, string>> = {
  machine: "This computer",
  home: "asset-sync's own folders",
  configuration: "Configuration",
  daemon: "Daemon",
  disk: "Disks",
  library: "Libraries",
  ledger: "Downloads",
  network: "The way to the shop",
  account: "Account",
  blender: "Blender",
};
const marks: Readonly<Record<FindingState, string>> = {
  ok: "ok",
  warning: "look",
  failed: "FAILED",
  "not-tried": "-",
};
const colours = { ok: "green", warning: "yellow", failed: "red", "not-tried": "gray" } as const;
const markWidth = 8;

/** All of them below the headings of their areas, each area once. Text that a person can read at 80 columns. */
export function formatFindings(findings: readonly Finding[], output: Pick<Output, "style">): string[] {
  const byArea = Map.groupBy(findings, ({ check }) => check.split(".")[0] ?? "");
  return Object.entries(areas).flatMap(([area, title]) => {
    const own = byArea.get(area) ?? [];
    if (own.length === 0) return [];
    return [output.style("bold", title), ...own.flatMap((finding) => formatFinding(finding, output)), ""];
  });
}

/** What was tried and what came of it, and below how to mend it. */
function formatFinding({ state, tried, found, mend }: Finding, output: Pick<Output, "style">): string[] {
  const width = 80 - markWidth;
  const [first = "", ...rest] = wrapText(cleanText(`${tried}: ${found}`), width);
  const advice = mend === null ? [] : wrapText(cleanText(`→ ${mend}`), width);
  const indent = " ".repeat(markWidth);
  return [
    `${output.style(colours[state], marks[state].padEnd(markWidth))}${first}`,
    ...[...rest, ...advice].map((line) => `${indent}${line}`),
  ];
}
