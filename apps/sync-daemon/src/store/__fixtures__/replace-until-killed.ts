// Replaces one catalog by another whose products all carry its revision, again and again. Ends only when it is killed.
import { writeSync } from "node:fs";
import { openStore } from "../open-store.ts";
import { emptyCatalogFiles, makeProduct, replaceCatalog } from "./temporary-home.ts";

const [folder = ""] = process.argv.slice(2);
const store = openStore({ folder, now: Date.now });
for (let number = Number(store.catalogs.currentRevision() ?? 0) + 1; ; number += 1) {
  const revision = String(number);
  // Every other catalog has more products, so that adding, changing and withdrawing are cut short as well.
  const products = Array.from({ length: number % 2 === 0 ? 400 : 300 }, (_, index) => makeProduct(index + 1, { revision }));
  replaceCatalog(store, { catalogRevision: revision, products, skipped: [], catalogFiles: { ...emptyCatalogFiles, model: revision } });
  writeSync(1, `${revision}\n`);
}
