import { textEntry, writeZip } from "./write-zip.ts";
import { readZipEntries } from "./zip-entries.ts";

/**
 * The same archive with one text file more, so that its bytes and hash differ while every other entry stays as it was.
 * The same number gives the same bytes.
 */
export function varyArchive(archive: Buffer, revision: number): Buffer {
  const entries = readZipEntries(archive);
  const name = `${sharedTopFolder(entries.map((entry) => entry.name))}revision-${revision}.txt`;
  const text = `Revision ${revision} of this product, made by the sandbox.\n`;
  return writeZip([...entries.filter((entry) => entry.name !== name), textEntry(name, text)]);
}

/**
 * The archive with another name for its product: the top folder and the .blend files begin with `to` instead of `from`.
 * Textures keep their names, since the .blend refers to them by path.
 */
export function renameProductInArchive(archive: Buffer, from: string, to: string): Buffer {
  const entries = readZipEntries(archive);
  return writeZip(entries.map((entry) => ({ ...entry, name: renameEntry(entry.name, from, to) })));
}

function renameEntry(name: string, from: string, to: string): string {
  const parts = name.split("/");
  return parts
    .map((part, index) => {
      const isTopFolder = index === 0 && parts.length > 1;
      const isBlend = index === parts.length - 1 && part.endsWith(".blend");
      return (isTopFolder || isBlend) && part.startsWith(from) ? to + part.slice(from.length) : part;
    })
    .join("/");
}

/** `Chair/` where every entry lies below it, otherwise the empty string. */
function sharedTopFolder(names: readonly string[]): string {
  const first = names[0]?.split("/")[0] ?? "";
  return first !== "" && names.every((name) => name.startsWith(`${first}/`)) ? `${first}/` : "";
}
