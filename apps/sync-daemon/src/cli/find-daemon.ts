import { readFile } from "node:fs/promises";
import process from "node:process";
import { type ApiFile, apiFileSchema, apiVersion } from "../api/contract/api-file.ts";
import { CallError } from "./api-client.ts";
import { openProvenConnection } from "./proven-connection.ts";

/** A daemon on this machine answers within milliseconds; one that is busy with a large catalog may take a moment. */
const answerWithinMs = 5_000;

/**
 * Finds the running daemon by `api.json`. The token is not sent to whoever listens there: the daemon first proves that it
 * knows the token too. Undefined when none runs; throws if it is of a version that this command cannot talk to.
 */
export async function findDaemon(options: { apiFile: string; signal: AbortSignal }): Promise<ApiFile | undefined> {
  const found = await readApiFile(options.apiFile);
  if (found === undefined || !isAlive(found.pid) || !(await provesItself(found, options.signal))) return undefined;
  if (found.apiVersion !== apiVersion) {
    throw new CallError(
      "version-mismatch",
      `A running asset-sync (version ${found.version}) is too different from this one; stop it and start it again, so that both are the same version.`,
    );
  }
  return found;
}

async function readApiFile(file: string): Promise<ApiFile | undefined> {
  try {
    return apiFileSchema.safeParse(JSON.parse(await readFile(file, "utf8"))).data;
  } catch {
    // None, or cut short by a crash: either way no daemon can be found by it.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function provesItself({ address, token }: ApiFile, signal: AbortSignal): Promise<boolean> {
  try {
    const withTime = AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]);
    const agent = await openProvenConnection({ address, token, signal: withTime });
    agent?.destroy();
    return agent !== undefined;
  } catch {
    // Nobody listens there, or nobody answers: no daemon that could be asked.
    return false;
  }
}
