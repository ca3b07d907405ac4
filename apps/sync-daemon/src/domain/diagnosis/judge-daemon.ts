import { type Finding, foundFailed, foundNotTried, foundOk, foundWarning } from "./finding.ts";

/** Is a daemon of this home running, and does it answer? */
export type DaemonFacts =
  | { readonly state: "answers"; readonly pid: number; readonly address: string; readonly version: string }
  /** Something owns the home, and does not answer or not as this version understands. */
  | { readonly state: "silent"; readonly reason: string }
  | { readonly state: "none" };

export function judgeDaemon(facts: DaemonFacts): Finding {
  const check = { check: "daemon.running", tried: "Look for a running asset-sync of this home" };
  switch (facts.state) {
    case "answers":
      return foundOk(check, `Version ${facts.version} answers at ${facts.address} (process ${facts.pid}).`);
    case "silent":
      return foundFailed(check, facts.reason, "Stop it and start it again: `asset-sync serve`.");
    case "none":
      return foundOk(check, "None is running; commands do the job themselves. `asset-sync serve` starts one.");
  }
}

/** May the local API have the port of the configuration? `holder`: who has it now. */
export function judgePort(facts: {
  port: number;
  holder: "nobody" | "ours" | "another" | { readonly problem: string };
}): Finding {
  const { port, holder } = facts;
  const check = {
    check: "daemon.port",
    tried: port === 0 ? "Ask for any free port" : `Ask for port ${port} of this computer`,
  };
  if (holder === "nobody") return foundOk(check, "It is free.");
  if (holder === "ours") return foundOk(check, "The running asset-sync has it.");
  const mend = "Set another `api.port` in the configuration, or 0 for any free one.";
  if (holder === "another") return foundFailed(check, "Another program has it.", mend);
  return foundFailed(check, `It cannot be had: ${holder.problem}.`, mend);
}

/** Can the configuration be used? `problems` are sentences; `fromEnvironment` are keys that the environment sets. */
export function judgeConfig(facts: {
  file: string;
  isThere: boolean;
  problems: readonly string[];
  fromEnvironment: readonly string[];
}): Finding[] {
  const check = { check: "configuration.file", tried: `Read ${facts.file}` };
  if (!facts.isThere && facts.problems.length > 0)
    return [foundFailed(check, "There is none yet.", "Run `asset-sync init`; it asks for what is needed.")];
  if (facts.problems.length > 0)
    return facts.problems.map((problem) => foundFailed(check, problem, "Mend it there; the README lists every key."));
  const { fromEnvironment } = facts;
  if (fromEnvironment.length === 0) return [foundOk(check, "Every key is known and every value can be used.")];
  return [
    foundOk(
      check,
      `Every key is known and every value can be used. The environment wins over the file for ${fromEnvironment.join(", ")}.`,
    ),
  ];
}

/** Why the database cannot be read without the daemon; null where it can. */
export function judgeState(problem: string | null): Finding {
  const check = { check: "daemon.state", tried: "Read a copy of the state's database" };
  if (problem === null) return foundOk(check, "It can be read.");
  return foundWarning(
    check,
    `It cannot be read: ${problem}.`,
    "Start `asset-sync serve`: it sets a damaged one aside and rebuilds it from the ledger and the library.",
  );
}

/** Checks that need a configuration which cannot be used. */
export function notTriedWithoutConfig(): Finding {
  return foundNotTried(
    { check: "configuration.rest", tried: "Look at disks, libraries, the way to the shop, account, and port" },
    "Without a configuration that can be used it is not known where these are.",
  );
}
