import { type ExitStatus, exitStatuses } from "../domain/exit-status.ts";

/** What a person configured cannot be used. Lists everything that is wrong at once, one sentence each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];
  readonly exitStatus: ExitStatus = exitStatuses.usage;

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}
