// From a model to product shots on disk: `node --conditions=@org/source packages/imagine/examples/model-to-product-shots.ts [folder]`.
// It runs against the sandbox, where four minutes take half a second. For a real account take keys, domain and base URL
// from elsewhere, and leave out the delays; then a second start with the same folder goes on where the first one stopped.
import { mkdtemp, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createImagine, type PublishRecord } from "@org/imagine";
import { startSandbox } from "@org/sandbox";

const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), "imagine-example-")));
const say = (line: string) => void process.stdout.write(`${line}\n`);
const quickly = { firstDelayMs: 300, intervalMs: 200, deadlineMs: 60_000 };

const sandbox = await startSandbox({ imagine: { queuedMs: 100, processingMs: 400 } });
const { secretKey, publicKey, domain } = sandbox.imagine.credentials();
const imagine = createImagine({ secretKey, publicKey, domain, baseUrl: sandbox.origins.imagine, creditBudget: 10 });

try {
  const model = join(folder, "chair.glb");
  const thumbnail = join(folder, "chair.png");
  await writeFile(model, emptyGlb());
  await writeFile(thumbnail, onePixelPng());

  // One call: create, upload both, say so, have content made, wait. Its record lies beside the model.
  const recordPath = join(folder, "chair.publish.json");
  const { unicode, outcomes } = await imagine.publishProduct({
    model,
    thumbnail,
    name: "Chair",
    skuId: "CHAIR-1",
    contentTypes: ["3d_model_viewer", "silo"],
    resumeFrom: await readRecord(recordPath),
    onRecord: (record) => keepRecord(recordPath, record),
    onUpload: (kind, { sentBytes, totalBytes }) => say(`${kind}: ${sentBytes} of ${totalBytes} bytes`),
    onProgress: ({ elapsedMs }) => say(`looked after ${Math.round(elapsedMs)} ms`),
    ...quickly,
  });
  say(
    `product ${unicode}: ${Object.entries(outcomes)
      .map((one) => one.join(" "))
      .join(", ")}`,
  );

  const { siloImages, modelViewerUrl } = await imagine.getSharedContent({ unicode });
  say(`viewer: ${modelViewerUrl}`);
  for (const [index, { imageUrl }] of siloImages.entries()) {
    if (imageUrl !== null) await fetchShot(imageUrl, `silo-${index + 1}.jpg`, { unicode });
  }

  // The same product in a scene, seen by two cameras.
  const { renderId } = await imagine.createImages({
    sceneId: 4100,
    cameraIds: [410_001, 410_002],
    products: [{ skuId: "CHAIR-1", position: [0, 0, 0] }],
  });
  const { done } = await imagine.waitForRender({ renderId, ...quickly });
  for (const { file, angleName } of done) {
    if (file !== null) await fetchShot(file, `scene-${angleName?.replaceAll(" ", "-")}.jpg`, { renderId });
  }
  say(`${imagine.creditsLeft()} credits are left`);
} finally {
  await sandbox.close();
}

/** With `from`, a URL that has ended meanwhile is replaced once. */
async function fetchShot(url: string, name: string, from: { unicode: string } | { renderId: number }) {
  const { path, bytes } = await imagine.downloadImage({ url, path: join(folder, name), from });
  say(`${path}: ${bytes} bytes`);
}

async function readRecord(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whole or not at all, and for nobody else's eyes: it holds permissions to upload. */
async function keepRecord(path: string, record: PublishRecord): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** The smallest glTF there is: a header and `{"asset":{"version":"2.0"}}`. */
function emptyGlb(): Buffer {
  const json = Buffer.from('{"asset":{"version":"2.0"}} ');
  const head = Buffer.alloc(20);
  head.write("glTF", 0);
  head.writeUInt32LE(2, 4);
  head.writeUInt32LE(head.length + json.length, 8);
  head.writeUInt32LE(json.length, 12);
  head.write("JSON", 16);
  return Buffer.concat([head, json]);
}

function onePixelPng(): Buffer {
  return Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );
}
