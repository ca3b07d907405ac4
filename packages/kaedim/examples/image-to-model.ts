// From one picture to a model on disk: `node --conditions=@org/source packages/kaedim/examples/image-to-model.ts [folder]`.
// It runs against the sandbox, where ten minutes take a second. For a real account take keys and origin from elsewhere,
// leave out the three delays, and give the receiver an https address that Kaedim can reach.
import { mkdtemp, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKaedim, createWebhookHandler, type ProcessOptions, processCosts, spendOutcome } from "@org/kaedim";
import { startSandbox } from "@org/sandbox";

const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), "kaedim-example-")));
const say = (line: string) => void process.stdout.write(`${line}\n`);

const sandbox = await startSandbox({ kaedim: { startAfterMs: 100, durationMs: 1_000 } });
const { secret, devId, apiKey, refreshToken } = sandbox.kaedim.credentials();
let token: string | null = null;
const kaedim = createKaedim({
  devId,
  apiKey,
  refreshToken,
  origin: sandbox.origins.kaedim,
  // All programs of one devID must share it; createFileTokenStore keeps it in a file.
  tokenStore: {
    read: async () => token,
    write: async (issued) => {
      token = issued;
    },
  },
});

// Optional: a receiver, so that nobody has to ask again and again. Registering replaces the webhook that was there.
const handler = createWebhookHandler({
  kaedim,
  secret,
  path: "/kaedim-hook",
  onConfirmed: ({ request, state }) => say(`webhook: request ${request.requestId} is ${state.state}`),
  onFailed: (error) => say(`webhook: not confirmed: ${String(error)}`),
});
const receiver = createServer(handler.node);
await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
const { port } = receiver.address() as AddressInfo;

try {
  await kaedim.registerHook({ destination: `http://127.0.0.1:${port}/kaedim-hook` });

  const picture = join(folder, "chair.png");
  await writeFile(picture, onePixelPng());
  say(`sends ${picture}, for ${processCosts.standard} credit`);
  const requestId = await processOnce({ images: [picture], loq: "standard", polycount: 20_000, heightCm: 90 });
  say(`request ${requestId} is taken`);

  const { request } = await kaedim.waitForRequest({
    requestId,
    firstDelayMs: 200,
    intervalMs: 200,
    deadlineMs: 60_000,
    onProgress: ({ state, elapsedMs }) => say(`after ${Math.round(elapsedMs)} ms: ${state.status ?? "waiting"}`),
  });
  for (const format of ["glb", "obj", "mtl"]) {
    const file = await kaedim.downloadResult({ request, format, path: join(folder, `chair.${format}`) });
    say(`${file.path}: ${file.bytes} bytes, SHA-256 ${file.sha256}`);
  }
  await sandbox.kaedim.webhooksSettled();
  await handler.whenIdle();
} finally {
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await sandbox.close();
}

/** Sends it, and where the answer was lost looks for the request instead of paying again. */
async function processOnce(options: ProcessOptions): Promise<string> {
  const sentAt = new Date();
  try {
    return (await kaedim.process(options)).requestId;
  } catch (error) {
    if (spendOutcome(error) === "not-spent") throw error;
    const lost = await kaedim.findLostRequest({ sentAt, polycount: options.polycount, loq: options.loq });
    if (lost.outcome === "found") return lost.request.requestId;
    throw error;
  }
}

function onePixelPng(): Buffer {
  return Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );
}
