import { randomBytes } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Values that must not be found anywhere else than where they belong. */
export interface PlantedSecrets {
  add(name: string, value: string): void;
  /** Its signature and its id, which are all that makes it a secret. */
  addLink(url: string): void;
  readonly size: number;
  /** The names of what stands in these bytes, in any spelling. */
  findIn(bytes: Buffer): string[];
  /** `FILE: NAME` for every planted value in every file below `root`. */
  findBelow(root: string, except?: (path: string) => boolean): string[];
  /** How many bytes have been looked through. */
  searchedBytes(): number;
}

/** With characters that JSON, URLs and base64 each spell in their own way. */
export function makePassword(): string {
  return `Pl4nt "é/+&\\${randomBytes(12).toString("hex")}`;
}

export function createPlantedSecrets(): PlantedSecrets {
  const spellings: { name: string; bytes: Buffer }[] = [];
  let searched = 0;
  const values = new Set<string>();
  const planted: PlantedSecrets = {
    add(name, value) {
      if (values.has(value)) return;
      values.add(value);
      for (const bytes of spell(value)) spellings.push({ name, bytes });
    },
    addLink(url) {
      const { searchParams } = new URL(url);
      planted.add("signature of a link", searchParams.get("signature") ?? "");
      planted.add("id of a link", searchParams.get("link") ?? "");
    },
    get size() {
      return values.size;
    },
    findIn(bytes) {
      searched += bytes.length;
      return [...new Set(spellings.filter((one) => bytes.includes(one.bytes)).map(({ name }) => name))];
    },
    findBelow(root, except = () => false) {
      return listFiles(root)
        .filter((path) => !except(path))
        .flatMap((path) => planted.findIn(readFileSync(path)).map((name) => `${path}: ${name}`));
    },
    searchedBytes: () => searched,
  };
  return planted;
}

/** Plain, in JSON, in a URL, in UTF-16, and in base64 at each of the three places it may begin. */
function spell(value: string): Buffer[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // The first and the last letters hold bits of what stands beside the value.
    return text.slice(before === 0 ? 0 : before + 1, -1);
  });
  const spelled = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    ...base64,
    bytes.toString("hex"),
  ];
  return [...spelled.map((text) => Buffer.from(text)), Buffer.from(value, "utf16le")];
}

function listFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const found = lstatSync(path);
    if (found.isDirectory()) return listFiles(path);
    return found.isFile() ? [path] : [];
  });
}
