import { spawn } from "node:child_process";
import process from "node:process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Environment } from "./home-folders.ts";

/** What the child process (keychain-child.ts) is asked to do. */
export type KeychainTask =
  | { readonly action: "read" | "delete"; readonly account: string }
  | { readonly action: "store"; readonly account: string; readonly password: string };

const replySchema = z.discriminatedUnion("done", [
  z.object({ done: z.literal(true), password: z.string().nullable() }),
  z.object({ done: z.literal(false), reason: z.string() }),
]);

/** `password` is null where none is stored, and after anything but reading. `reason` never holds a password. */
export type KeychainReply = z.infer<typeof replySchema>;

/**
 * How long a person waits at most before the other place is used. A locked keychain asks for its own password and may
 * wait for it for ever; one that is there answers in milliseconds. Policy of the plan (docs/decisions/0030).
 */
const limitMs = 5_000;

/** What the way to a keychain is found by: the session's bus, its prompt, the person's own folders. Nothing of ours. */
const passedOn =
  /^(?:DBUS_SESSION_BUS_ADDRESS|XDG_RUNTIME_DIR|XDG_DATA_HOME|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|HOME|USER|LOGNAME|LANG|PATH|SYSTEMROOT|USERPROFILE|APPDATA|LOCALAPPDATA|TEMP)$/i;

interface KeychainRequest {
  /** Whose password: a name and where it is used, in clear words; people see it in their keychain. */
  readonly account: string;
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** Never throws for a keychain that cannot be used: `done: false` says why. Takes at most 5 s. */
export function readFromKeychain(request: KeychainRequest): Promise<KeychainReply> {
  return carryOut({ action: "read", account: request.account }, request, AbortSignal.timeout(limitMs));
}

/** Stores, then reads back through a new connection: only what came back is stored. At most 5 s for both. */
export async function storeInKeychain(request: KeychainRequest & { password: string }): Promise<KeychainReply> {
  const { account, password } = request;
  const deadline = AbortSignal.timeout(limitMs);
  const stored = await carryOut({ action: "store", account, password }, request, deadline);
  if (!stored.done) return stored;
  const kept = await carryOut({ action: "read", account }, request, deadline);
  if (!kept.done || kept.password === password) return kept;
  return { done: false, reason: "it said that it stored the password, and then gave back another or none" };
}

/** An entry that is not there counts as deleted. */
export function deleteFromKeychain(request: KeychainRequest): Promise<KeychainReply> {
  return carryOut({ action: "delete", account: request.account }, request, AbortSignal.timeout(limitMs));
}

async function carryOut(task: KeychainTask, request: KeychainRequest, deadline: AbortSignal): Promise<KeychainReply> {
  request.signal.throwIfAborted();
  if (deadline.aborted) return tooSlow;
  const name = import.meta.url.endsWith(".ts") ? "./keychain-child.ts" : "./keychain-child.js";
  const child = spawn(process.execPath, [fileURLToPath(new URL(name, import.meta.url))], {
    env: Object.fromEntries(Object.entries(request.env).filter(([variable]) => passedOn.test(variable))),
    // What prompts and libraries print there is of no use to anybody.
    stdio: ["pipe", "pipe", "ignore"],
    windowsHide: true,
  });
  const end = () => void child.kill("SIGKILL");
  const either = AbortSignal.any([request.signal, deadline]);
  either.addEventListener("abort", end, { once: true });
  // A child that ends before it has read everything tells so by its answer.
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify(task));
  try {
    const ended = new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", () => resolve());
    });
    const [said] = await Promise.all([text(child.stdout), ended]);
    request.signal.throwIfAborted();
    return parseReply(said) ?? (deadline.aborted ? tooSlow : endedSilently);
  } catch (error) {
    request.signal.throwIfAborted();
    return { done: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    either.removeEventListener("abort", end);
  }
}

const tooSlow: KeychainReply = {
  done: false,
  reason: `it did not answer within ${limitMs / 1000} s; it may be locked and wait for its own password`,
};
const endedSilently: KeychainReply = { done: false, reason: "the process that asks it ended without an answer" };

function parseReply(said: string): KeychainReply | null {
  try {
    return replySchema.parse(JSON.parse(said));
  } catch {
    // Cut short or empty. What there is of it may hold a password, so no error is made of it.
    return null;
  }
}
