import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { bufferContent, type Content } from "../http/content.ts";
import { sampleNameOf } from "./generated-products.ts";
import type { SampleShop } from "./sample-shop.ts";

/** The pictures on the CDN: `NAME.png`, `NAME-300x300.png` and `NAME-1024x1024.png` are all the sample's one picture. */
export interface Pictures {
  at(path: string): Promise<Content> | undefined;
}

const uploadedAtMs = Date.UTC(2025, 5, 28, 17, 1, 30);

export function createPictures(shop: SampleShop): Pictures {
  const names = new Set(shop.imageNames);
  return {
    at(path) {
      if (!path.endsWith(".png")) return undefined;
      const name = sampleNameOf(basename(path, ".png").replace(/-\d+x\d+$/, ""));
      if (!names.has(name)) return undefined;
      return readFile(shop.imageFile(name)).then((bytes) => bufferContent(bytes, uploadedAtMs));
    },
  };
}
