import { createHash } from "node:crypto";

/** An answer as it was given, to be given again. */
export interface GivenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is known of one key: the request it was first sent with, and the answer once there is one. */
export interface KeptRequest {
  /** SHA-256 of the key: callers choose it, and may choose something that should not lie about. */
  readonly keyHash: string;
  /** Tells one request from another; see `fingerprintOf`. */
  readonly fingerprint: string;
  readonly atMs: number;
  /** Null while it is under way, and for good when the daemon ended before it was answered. */
  readonly answer: GivenAnswer | null;
}

/** Keeps requests where they outlive the daemon. */
export interface RequestRecord {
  /** Resolves once it is on the disk for good, and throws where it cannot be. */
  begin(request: KeptRequest): Promise<void>;
  /** Never throws: what was done is done. Where it cannot be kept, the outcome is unknown after a restart. */
  answered(request: KeptRequest): Promise<void>;
}

/** A key was sent before with another request. */
export class KeyReusedError extends Error {}
/** A key was sent before the daemon's last start, and nobody knows how far that request came. */
export class OutcomeUnknownError extends Error {}

/**
 * Answers each key's request once: who sends the same key with the same request again, also while the first is under
 * way, gets the first one's answer. Keys are remembered for 24 hours, the last 1,000 of them, and answers up to 32 MB
 * together; the oldest are forgotten first, but never one that is under way.
 */
export interface IdempotentAnswers {
  /**
   * Throws `KeyReusedError` and `OutcomeUnknownError`. `work` gives every outcome as an answer; where it or the record
   * throws, the key is free again. `record`: note on the disk before `work` begins that it does, and its answer after.
   */
  once(
    request: { key: string; fingerprint: string; record: boolean },
    work: () => Promise<GivenAnswer>,
  ): Promise<GivenAnswer>;
}

export const keptForMs = 24 * 3_600_000;
export const maxKeptRequests = 1_000;
const maxKeptBytes = 32_000_000;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Method, whole address and body: with another of these it is another request. */
export function fingerprintOf(request: { method: string; address: string; body: string }): string {
  return sha256(JSON.stringify([request.method, request.address, sha256(request.body)]));
}

interface HeldRequest extends KeptRequest {
  /** Settles with the answer; absent for one that an earlier run of the daemon began and did not answer. */
  readonly pending: Promise<GivenAnswer> | undefined;
}

export function createIdempotentAnswers(settings: {
  now: () => number;
  kept?: readonly KeptRequest[];
  record: RequestRecord | null;
}): IdempotentAnswers {
  const { now, record } = settings;
  /** In the order in which they came. */
  const held = new Map<string, HeldRequest>();
  for (const one of settings.kept ?? [])
    held.set(one.keyHash, { ...one, pending: one.answer === null ? undefined : Promise.resolve(one.answer) });

  const forgetOld = () => {
    const sinceMs = now() - keptForMs;
    let bytes = 0;
    let count = 0;
    for (const one of [...held.values()].toReversed()) {
      count += 1;
      bytes += one.answer?.body.length ?? 0;
      const isUnderWay = one.answer === null && one.pending !== undefined;
      const isTooMuch = one.atMs < sinceMs || count > maxKeptRequests || bytes > maxKeptBytes;
      if (isTooMuch && !isUnderWay) held.delete(one.keyHash);
    }
  };

  return {
    async once({ key, fingerprint, record: isRecorded }, work) {
      forgetOld();
      const keyHash = sha256(key);
      const before = held.get(keyHash);
      if (before !== undefined) {
        if (before.fingerprint !== fingerprint) throw new KeyReusedError();
        if (before.pending === undefined) throw new OutcomeUnknownError();
        return before.pending;
      }
      const begun = { keyHash, fingerprint, atMs: now(), answer: null };
      const recorded = isRecorded ? record : null;
      const pending = (async () => {
        await recorded?.begin(begun);
        return work();
      })();
      held.set(keyHash, { ...begun, pending });
      try {
        const answer = await pending;
        held.set(keyHash, { ...begun, answer, pending });
        // 503 says that the daemon stopped in the middle of it, which is no outcome.
        if (answer.status !== 503) await recorded?.answered({ ...begun, answer });
        return answer;
      } catch (error) {
        held.delete(keyHash);
        throw error;
      }
    },
  };
}
