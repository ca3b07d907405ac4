// The whole journey with the local API alone: find a product, look at what it costs, ask for it, follow what happens, and
// read what lies in the library. It needs a running `asset-sync serve` and nothing else of ours.
//
//   node examples/journey.ts oak chair
//
// It spends at most one download, and none where the product is there already. Run twice with the same IDEMPOTENCY_KEY it
// asks once.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";

interface Product {
  readonly productId: number;
  readonly title: string;
  readonly folder: string | null;
  readonly quota: { readonly limit: number; readonly left: number };
}
interface ProductDetail extends Product {
  readonly isLastDownload: boolean;
  readonly archives: readonly { downloadId: string; name: string; isDefault: boolean; cost: number }[];
}
interface HappenedEvent {
  readonly type: string;
  readonly id: number;
  readonly productId?: number;
  readonly message?: string;
  readonly bytes?: number;
  readonly totalBytes?: number | null;
}

// 1. The running daemon: api.json names its address and the token. Only this user can read it.
const home = process.env.ASSET_SYNC_HOME ?? join(homedir(), ".local", "state", "asset-sync");
const { address, token } = JSON.parse(await readFile(join(home, "api.json"), "utf8")) as Record<string, string>;

async function call<Answer>(method: "GET" | "POST", path: string, body?: unknown, key?: string): Promise<Answer> {
  const answer = await fetch(new URL(path, address), {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const told = (await answer.json()) as { title?: string; advice?: string };
  // Errors are problem documents (RFC 9457): a sentence, a code, and what can be done.
  if (!answer.ok) throw new Error([told.title, told.advice].join(" "));
  return told as Answer;
}

// 2. Find. Each word must begin a word of the title, the tags or the categories.
const words = process.argv.slice(2).join(" ");
const found = await call<{ total: number; products: Product[] }>(
  "GET",
  `/api/v1/products?${new URLSearchParams({ text: words, limit: "5" })}`,
);
const [first] = found.products;
if (first === undefined) throw new Error(`The catalog has nothing for "${words}".`);
console.log(`${found.total} found. The first is ${first.title} (${first.productId}).`);

// 3. The price, before anything is asked for.
const product = await call<ProductDetail>("GET", `/api/v1/products/${first.productId}`);
const archive = product.archives.find(({ isDefault }) => isDefault) ?? product.archives[0];
if (archive === undefined) throw new Error(`${product.title} offers nothing to download.`);
const cost = product.folder === null ? archive.cost : 0;
console.log(`${archive.name} costs ${cost} of the ${product.quota.left} downloads left.`);
if (cost > 0 && product.isLastDownload) throw new Error("That is the last one; this script leaves it to a person.");

// 4. Follow the events from before the question on, so that nothing is missed.
const listening = new AbortController();
const stream = await fetch(new URL("/api/v1/events", address), {
  headers: { authorization: `Bearer ${token}` },
  signal: listening.signal,
});

async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<HappenedEvent> {
  let text = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)) {
    const parts = (text + chunk).split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) {
      const data = part.split("\n").find((line) => line.startsWith("data: "));
      if (data !== undefined) yield JSON.parse(data.slice("data: ".length)) as HappenedEvent;
    }
  }
}

async function follow(): Promise<void> {
  if (stream.body === null) return;
  for await (const event of readEvents(stream.body)) {
    if (event.productId !== product.productId) continue;
    if (event.type === "download-progressed")
      console.log(`  ${event.bytes} of ${event.totalBytes ?? "an unknown number of"} bytes`);
    else console.log(`  ${event.type}`);
    if (event.type === "asset-committed" || event.type === "download-failed") return;
  }
}
const followed = follow().catch((error: Error) => {
  if (!listening.signal.aborted) throw error;
});

// 5. Get it. The key is ours: if this connection breaks and we ask again with it, nothing is spent a second time.
const key = process.env.IDEMPOTENCY_KEY ?? randomUUID();
const got = await call<{ products: { state: string; folder: string | null; spent: number; message: string }[] }>(
  "POST",
  "/api/v1/downloads",
  { products: [product.productId] },
  key,
);
const [result] = got.products;
if (result === undefined || result.folder === null) throw new Error(result?.message ?? "Nothing came.");
if (result.spent > 0) await followed;
listening.abort();
await followed;
console.log(`${result.message} It cost ${result.spent}.`);

// 6. What lies there: the manifest names every file, with its hash.
const { root } = await call<{ root: string }>("GET", "/api/v1/library");
const manifest = JSON.parse(await readFile(join(root, result.folder, ".asset.json"), "utf8")) as {
  licence: unknown;
  files: unknown[];
};
console.log(`${join(root, result.folder)} holds ${manifest.files.length} files.`);
