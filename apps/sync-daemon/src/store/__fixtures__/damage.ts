import { closeSync, openSync, readFileSync, readSync, writeSync } from "node:fs";

/** Changes bytes of a file in place. */
export function overwrite(path: string, at: number, change: (byte: number) => number, bytes = 1): void {
  const descriptor = openSync(path, "r+");
  const found = Buffer.alloc(bytes);
  readSync(descriptor, found, 0, bytes, at);
  writeSync(descriptor, found.map(change), 0, bytes, at);
  closeSync(descriptor);
}

/** Where a text lies in the database file, so that a bit is flipped in a place that means something. */
export function positionOf(path: string, text: string): number {
  const position = readFileSync(path).indexOf(text);
  if (position === -1) throw new Error(`${text} is not in the database file.`);
  return position;
}

/** Flips a bit of a text wherever the file holds it: SQLite leaves outdated copies of a page behind. */
export function flipEverywhere(path: string, text: string): void {
  const bytes = readFileSync(path);
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) overwrite(path, at, (byte) => byte ^ 1);
}
