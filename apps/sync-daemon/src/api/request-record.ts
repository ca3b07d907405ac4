import { open, readFile } from "node:fs/promises";
import { z } from "zod";
import { toFailure } from "../domain/failure.ts";
import { writeFileDurably } from "../store/durable-file.ts";
import {
  createIdempotentAnswers,
  type IdempotentAnswers,
  type KeptRequest,
  keptForMs,
  maxKeptRequests,
  type RequestRecord,
} from "./idempotency.ts";

const keptRequestSchema = z.object({
  keyHash: z.string().regex(/^[0-9a-f]{64}$/),
  fingerprint: z.string(),
  atMs: z.int(),
  answer: z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string() }).nullable(),
});

/** So many lines may be in the file before it is written anew with those that count. */
const maxLines = 4 * maxKeptRequests;

/** Answers to callers' keys, of which those of requests that spend are kept in `file`; null to keep none. */
export async function openIdempotentAnswers(settings: {
  file: string | null;
  onProblem: (message: string) => void;
}): Promise<IdempotentAnswers> {
  const { file, onProblem } = settings;
  const now = () => Date.now();
  if (file === null) return createIdempotentAnswers({ now, record: null });
  return createIdempotentAnswers({ now, ...(await openRequestRecord({ file, now, onProblem })) });
}

/**
 * Opens `requests.jsonl`: one line when a request begins, another with its answer; of one key the last line counts. A
 * line that cannot be read, such as the last one after a power cut, is passed over. Readable by its owner only.
 */
export async function openRequestRecord(settings: {
  file: string;
  now: () => number;
  onProblem: (message: string) => void;
}): Promise<{ readonly kept: readonly KeptRequest[]; readonly record: RequestRecord }> {
  const { file, now, onProblem } = settings;
  const requests = new Map((await readRequests(file)).map((one) => [one.keyHash, one]));
  let lines = Number.POSITIVE_INFINITY;
  let written: Promise<void> = Promise.resolve();

  const forgetOld = () => {
    for (const one of requests.values())
      if (requests.size > maxKeptRequests || now() - one.atMs > keptForMs) requests.delete(one.keyHash);
  };
  const write = (request: KeptRequest): Promise<void> => {
    requests.delete(request.keyHash);
    requests.set(request.keyHash, request);
    const mine = written.then(async () => {
      if (lines < maxLines) {
        await appendDurably(file, formatLine(request));
        lines += 1;
        return;
      }
      forgetOld();
      writeFileDurably(file, [...requests.values()].map(formatLine).join(""));
      lines = requests.size;
    });
    written = mine.catch(() => undefined);
    return mine.catch((error: unknown) => {
      throw toFailure(error);
    });
  };

  forgetOld();
  return {
    kept: [...requests.values()],
    record: {
      begin: write,
      answered: (request) =>
        write(request).catch((error: Error) => onProblem(`The answer to a request was not kept: ${error.message}`)),
    },
  };
}

const formatLine = (request: KeptRequest): string => `${JSON.stringify(request)}\n`;

async function readRequests(file: string): Promise<KeptRequest[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw toFailure(error);
  }
  return text.split("\n").flatMap((line) => {
    try {
      return [keptRequestSchema.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

async function appendDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, "a", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
