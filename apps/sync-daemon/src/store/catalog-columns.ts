import type { DatabaseSync } from "node:sqlite";
import type { Product } from "../domain/product.ts";
import { type ChoiceKey, choiceKeys } from "../domain/product-filter.ts";
import { foldText } from "../domain/wanted.ts";

/**
 * What a search compares of every product, as columns: a place in them is a product, counted from 0 as the catalog names
 * them. About 50 bytes each, so that filters, counts and orders of 100,000 products take a few milliseconds and no
 * product has to be read for them.
 */
export interface CatalogColumns {
  readonly size: number;
  readonly ids: Float64Array;
  /** For each key, the number of its name in `names`. */
  readonly choices: Readonly<Record<ChoiceKey, Uint32Array>>;
  readonly names: Readonly<Record<ChoiceKey, readonly string[]>>;
  /** NaN where there is no count. */
  readonly polygons: Float64Array;
  /** 1 or 0. */
  readonly freebies: Uint8Array;
  /** Places in an order. */
  readonly byId: Uint32Array;
  readonly byTitle: Uint32Array;
  readonly newest: Uint32Array;
  readonly byPolygons: Uint32Array;
}

type Numbers = Float64Array | Uint32Array | Uint8Array;

/** Gathers the columns of a catalog that is being built, product by product, and writes them into its database. */
export interface ColumnsInProgress {
  add(product: Product): void;
  write(connection: DatabaseSync): void;
}

export function startColumns(): ColumnsInProgress {
  const ids: number[] = [];
  const polygons: number[] = [];
  const freebies: number[] = [];
  const titles: string[] = [];
  const revisions: string[] = [];
  const numbers: Record<ChoiceKey, number[]> = forEachKey(() => []);
  const names: Record<ChoiceKey, Map<string, number>> = forEachKey(() => new Map());

  const orderBy = (compare: (one: number, other: number) => number): Uint32Array =>
    Uint32Array.from(ids.keys()).sort((one, other) => compare(one, other) || at(ids, one) - at(ids, other));
  const compareTexts = (texts: readonly string[], one: number, other: number): number => {
    const [left, right] = [texts[one] ?? "", texts[other] ?? ""];
    if (left === right) return 0;
    return left < right ? -1 : 1;
  };

  return {
    add(product) {
      ids.push(product.id);
      polygons.push(product.polygonCount ?? Number.NaN);
      freebies.push(product.isFreebie ? 1 : 0);
      titles.push(foldText(product.title));
      revisions.push(product.revision);
      const chosen = namesOf(product);
      for (const key of choiceKeys) {
        const known = names[key];
        if (!known.has(chosen[key])) known.set(chosen[key], known.size);
        numbers[key].push(known.get(chosen[key]) ?? 0);
      }
    },
    write(connection) {
      const addColumn = connection.prepare("INSERT INTO columns (name, numbers) VALUES (?, ?)");
      const put = (name: string, column: Numbers) =>
        addColumn.run(name, new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
      put("ids", Float64Array.from(ids));
      put("polygons", Float64Array.from(polygons));
      put("freebies", Uint8Array.from(freebies));
      put(
        "byId",
        orderBy(() => 0),
      );
      put(
        "byTitle",
        orderBy((one, other) => compareTexts(titles, one, other)),
      );
      put(
        "newest",
        orderBy((one, other) => compareTexts(revisions, other, one)),
      );
      put(
        "byPolygons",
        orderBy((one, other) => compareCounts(at(polygons, one), at(polygons, other))),
      );
      const addName = connection.prepare("INSERT INTO choices (facet, number, name) VALUES (?, ?, ?)");
      for (const key of choiceKeys) {
        put(key, Uint32Array.from(numbers[key]));
        for (const [name, number] of names[key]) addName.run(key, number, name);
      }
    },
  };
}

const at = (numbers: readonly number[], place: number): number => numbers[place] ?? Number.NaN;

function compareCounts(one: number, other: number): number {
  if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
  return one - other;
}

function namesOf(product: Product): Record<ChoiceKey, string> {
  return {
    assetType: product.assetType,
    category: product.category.title,
    subCategory: product.subCategory.title,
    licence: product.licence.label,
    blenderVersion: product.blenderVersion.label,
  };
}

function forEachKey<T>(make: (key: ChoiceKey) => T): Record<ChoiceKey, T> {
  return {
    assetType: make("assetType"),
    category: make("category"),
    subCategory: make("subCategory"),
    licence: make("licence"),
    blenderVersion: make("blenderVersion"),
  };
}

/**
 * Reads the columns of a catalog of `size` products: some milliseconds for 100,000. Undefined where they are not whole;
 * all of them are derived. Written and read on one machine, so in its own byte order.
 */
export function readColumns(connection: DatabaseSync, size: number): CatalogColumns | undefined {
  const select = connection.prepare("SELECT numbers FROM columns WHERE name = ?");
  let isWhole = true;
  const bytesOf = (name: string, bytesEach: number): ArrayBuffer => {
    const found = select.get(name)?.numbers;
    if (found instanceof Uint8Array && found.byteLength === size * bytesEach) {
      const copy = new ArrayBuffer(found.byteLength);
      new Uint8Array(copy).set(found);
      return copy;
    }
    isWhole = false;
    return new ArrayBuffer(size * bytesEach);
  };
  const places = (name: string): Uint32Array => {
    const order = new Uint32Array(bytesOf(name, 4));
    if (!areBelow(order, size)) isWhole = false;
    return order;
  };
  const names = forEachKey((key) =>
    connection
      .prepare("SELECT name FROM choices WHERE facet = ? ORDER BY number")
      .all(key)
      .map(({ name }) => String(name)),
  );
  const choices = forEachKey((key) => {
    const numbers = new Uint32Array(bytesOf(key, 4));
    if (!areBelow(numbers, names[key].length)) isWhole = false;
    return numbers;
  });
  const columns: CatalogColumns = {
    size,
    ids: new Float64Array(bytesOf("ids", 8)),
    choices,
    names,
    polygons: new Float64Array(bytesOf("polygons", 8)),
    freebies: new Uint8Array(bytesOf("freebies", 1)),
    byId: places("byId"),
    byTitle: places("byTitle"),
    newest: places("newest"),
    byPolygons: places("byPolygons"),
  };
  return isWhole ? columns : undefined;
}

function areBelow(numbers: Uint32Array, limit: number): boolean {
  for (let index = 0; index < numbers.length; index += 1) if ((numbers[index] ?? limit) >= limit) return false;
  return true;
}
