import type { Database } from "./database.ts";

/** The products that a person marked as favourites. They outlive every catalog. */
export interface Favourites {
  has(productId: number): boolean;
  /** As they are now: each change makes another set. */
  list(): ReadonlySet<number>;
  /** On the disk when it returns. */
  set(productId: number, isFavourite: boolean): void;
}

export function createFavourites(database: Database, now: () => number): Favourites {
  const add = database.prepare("INSERT OR IGNORE INTO favourites (product_id, marked_at_ms) VALUES (?, ?)");
  const remove = database.prepare("DELETE FROM favourites WHERE product_id = ?");
  // Nobody else writes there while this store is open.
  let marked: ReadonlySet<number> = new Set(
    database
      .prepare("SELECT product_id FROM favourites")
      .all()
      .map((row) => Number(row.product_id)),
  );
  return {
    has: (productId) => marked.has(productId),
    list: () => marked,
    set(productId, isFavourite) {
      const next = new Set(marked);
      if (isFavourite) {
        add.run(productId, now());
        next.add(productId);
      } else {
        remove.run(productId);
        next.delete(productId);
      }
      marked = next;
    },
  };
}
