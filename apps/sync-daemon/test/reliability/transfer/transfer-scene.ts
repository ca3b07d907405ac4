import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SandboxOptions } from "@org/sandbox";
import { onTestFinished } from "vitest";
import { makeScene, type Scene } from "../../scene/scene.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

/** The number of the first product that the sandbox generates. */
export const firstProductId = 1_000_000;

/** A shop of generated products whose links lead through a proxy, and a daemon's home that wants the first `count`. */
export interface TransferScene extends Scene {
  readonly proxy: FaultProxy;
  /** The part of an archive's path that only this product's has. */
  markOf(index: number): string;
  /** What the shop has for a product, asked for where nothing is counted. */
  trueBytes(index: number): Promise<Buffer>;
  /** The SHA-256 of what the shop has, by product number. */
  trueHashes(): Promise<Map<number, string>>;
  /** The SHA-256 that each installed product's kept archive truly has, by product number. */
  installed(): Promise<Map<number, string>>;
}

export async function makeTransferScene(options: {
  count: number;
  silenceSeconds: number;
  sandbox?: SandboxOptions;
  limits?: Record<string, unknown>;
}): Promise<TransferScene> {
  const scene = await makeScene({
    wanted: Array.from({ length: options.count }, (_, index) => ({ productId: firstProductId + index })),
    sandbox: { generatedProducts: options.count, ...options.sandbox },
  });
  const proxy = await startFaultProxy(scene.sandbox.origins.cdn);
  onTestFinished(() => proxy.close());
  scene.sandbox.patchState({ linkOrigin: proxy.origin });
  await scene.writeConfig({
    limits: { downloads: 12, ...options.limits },
    network: { silenceSeconds: options.silenceSeconds },
  });
  const { origins, enterpriseKey } = scene.sandbox;
  const headers = { authorization: `Bearer ${enterpriseKey}` };
  const list = await fetch(`${origins.enterprise}/products/product-list.json`, { headers });
  const offered = (await list.json()) as { product_id: string; download_url: string }[];
  const urls = new Map(offered.map(({ product_id, download_url }) => [Number(product_id), download_url]));
  async function trueBytes(index: number): Promise<Buffer> {
    const answer = await fetch(urls.get(firstProductId + index) ?? "", { headers });
    if (!answer.ok) throw new Error(`The sandbox has no file for product ${index}: ${answer.status}.`);
    return Buffer.from(await answer.arrayBuffer());
  }
  return {
    ...scene,
    proxy,
    markOf: (index) => `_G${String(index).padStart(6, "0")}`,
    trueBytes,
    async trueHashes() {
      const hashes = new Map<number, string>();
      for (let index = 0; index < options.count; index += 1) {
        hashes.set(firstProductId + index, sha256Of(await trueBytes(index)));
      }
      return hashes;
    },
    async installed() {
      const found = new Map<number, string>();
      for (const folder of await scene.assets()) {
        const manifest = JSON.parse(await readFile(join(scene.library, folder, ".asset.json"), "utf8"));
        const kept = await readFile(join(scene.home, "archives", `${manifest.archive.sha256}.zip`));
        found.set(manifest.productId, sha256Of(kept));
      }
      return found;
    },
  };
}

export function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
