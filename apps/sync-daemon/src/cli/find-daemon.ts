import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import process from "node:process";
import { type ApiFile, apiFileSchema, apiVersion, healthSchema, routes } from "../api/contract.ts";
import { CallError } from "./api-client.ts";

/** A daemon on this machine answers within milliseconds; one that is busy with a large catalog may take a moment. */
const answerWithinMs = 5_000;
const maxHealthBytes = 10_000;

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
  const url = URL.parse(`${routes.health.path}?nonce=${randomBytes(24).toString("hex")}`, address);
  if (url === null || url.protocol !== "http:" || !["127.0.0.1", "[::1]"].includes(url.hostname)) return false;
  const text = await fetchText(url, AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]));
  const health = healthSchema.safeParse(parseJson(text ?? "")).data;
  const expected = createHmac("sha256", token)
    .update(url.searchParams.get("nonce") ?? "")
    .digest();
  const given = Buffer.from(health?.proof ?? "", "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function fetchText(url: URL, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const sent = request(url, { agent: false, signal }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > maxHealthBytes) sent.destroy();
      });
      response.once("end", () => resolve(text));
      response.once("close", () => resolve(undefined));
    });
    sent.once("error", () => resolve(undefined));
    sent.end();
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
