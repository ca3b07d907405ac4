import { findPrograms } from "../programs/find-program.ts";
import { type ProgramResult, runProgram } from "../programs/run-program.ts";
import type { ServiceSettings } from "./system-service.ts";

/** The system's own programs for services answer at once, or wait for a service that is slow to stop. */
const withinMs = 30_000;

/** What these programs find the person's session by. Nothing of ours, and no secret. */
const passedOn =
  /^(?:PATH|HOME|USER|LOGNAME|LANG|XDG_RUNTIME_DIR|XDG_CONFIG_HOME|DBUS_SESSION_BUS_ADDRESS|SYSTEMROOT|USERPROFILE|TEMP)$/i;

/** Runs a program of the system. Null where there is no such program. */
export async function askSystem(
  name: string,
  args: readonly string[],
  { env, signal }: Pick<ServiceSettings, "env" | "signal">,
): Promise<ProgramResult | null> {
  const [program] = await findPrograms(name, { env });
  if (program === undefined) return null;
  const chosen = Object.fromEntries(
    Object.entries(env).flatMap(([variable, value]) =>
      passedOn.test(variable) && value !== undefined ? [[variable, value] as const] : [],
    ),
  );
  return runProgram({ program, args, env: chosen, limitMs: withinMs, signal });
}

/** Why it did not work, in the program's own words; null where it did. */
export function explainFailure(name: string, result: ProgramResult | null): string | null {
  if (result === null) return `There is no program ${name} here.`;
  if (result.status === 0) return null;
  if (result.isTimeUp) return `${name} did not end within ${withinMs / 1_000} s.`;
  const [line = `${name} ended with status ${result.status}`] = `${result.stderr}\n${result.stdout}`
    .split("\n")
    .map((text) => text.trim())
    .filter((text) => text !== "");
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
