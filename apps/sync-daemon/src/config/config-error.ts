import { type ExitStatus, exitStatuses } from "../domain/exit-status.ts";

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** As in the file, such as `limits.downloads`; null where it is about no key. */
  readonly key: string | null;
  /** Says where it stands and what is wrong. */
  readonly sentence: string;
  /** Only what is wrong, for those who know the place. */
  readonly reason: string;
}

/** What a person configured cannot be used. Lists everything that is wrong at once, one sentence each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];
  /** The same with their keys. */
  readonly byKey: readonly ConfigProblem[];
  readonly exitStatus: ExitStatus = exitStatuses.usage;

  constructor(problems: readonly (string | ConfigProblem)[]) {
    const byKey = problems.map((problem) =>
      typeof problem === "string" ? { key: null, sentence: problem, reason: problem } : problem,
    );
    super(byKey.map(({ sentence }) => sentence).join("\n"));
    this.problems = byKey.map(({ sentence }) => sentence);
    this.byKey = byKey;
  }
}
