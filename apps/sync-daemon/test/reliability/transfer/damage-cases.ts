import { gzipSync } from "node:zlib";
import type { Rule } from "./fault-proxy.ts";

/** One way in which an archive of the right link comes with wrong bytes or a wrong frame. */
export interface DamageCase {
  readonly name: string;
  /** What is done to the answer, with the true bytes of the archive at hand. */
  readonly rule: (archive: Buffer) => Omit<Rule, "path">;
}

interface Entry {
  readonly centralAt: number;
  readonly localAt: number;
  readonly dataAt: number;
  readonly dataBytes: number;
}

/** Where the parts of an honest zip without comment lie. */
function layoutOf(zip: Buffer): { entries: Entry[]; endAt: number } {
  const endAt = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const entries: Entry[] = [];
  for (let at = zip.readUInt32LE(endAt + 16); at < endAt; ) {
    const localAt = zip.readUInt32LE(at + 42);
    const dataAt = localAt + 30 + zip.readUInt16LE(localAt + 26) + zip.readUInt16LE(localAt + 28);
    entries.push({ centralAt: at, localAt, dataAt, dataBytes: zip.readUInt32LE(at + 20) });
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return { entries, endAt };
}

/** The entry with the most bytes: folders and empty files have none that could be spoilt. */
function largestOf(zip: Buffer): Entry {
  const [largest] = layoutOf(zip).entries.toSorted((left, right) => right.dataBytes - left.dataBytes);
  if (largest === undefined) throw new Error("The archive holds no entry.");
  return largest;
}

const flipped = (name: string, at: (zip: Buffer) => number): DamageCase => ({
  name: `one byte flipped in ${name}`,
  rule: (archive) => ({ corrupt: ({ headBytes }) => headBytes + at(archive) }),
});

/** Fields by their offset, each of which a reader relies on. */
const localFields = {
  signature: 0,
  flags: 6,
  method: 8,
  sum: 14,
  "packed size": 18,
  size: 22,
  "name's length": 26,
  name: 30,
};
const centralFields = {
  signature: 0,
  flags: 8,
  method: 10,
  sum: 16,
  "packed size": 20,
  size: 24,
  "name's length": 28,
  "offset of the local header": 42,
  name: 46,
};
const endFields = { signature: 0, "number of entries": 10, "directory's size": 12, "directory's offset": 16 };

function flips(): DamageCase[] {
  const inData = [0, 1, 10, 25, 40, 50, 60, 75, 90, 99, 100].map((percent) =>
    flipped(`the data at ${percent} %`, (zip) => {
      const { dataAt, dataBytes } = largestOf(zip);
      return dataAt + Math.min(dataBytes - 1, Math.floor((dataBytes * percent) / 100));
    }),
  );
  return [
    ...Object.entries(localFields).map(([name, at]) =>
      flipped(`the local header's ${name}`, (zip) => largestOf(zip).localAt + at),
    ),
    ...Object.entries(centralFields).map(([name, at]) =>
      flipped(`the directory's ${name}`, (zip) => largestOf(zip).centralAt + at),
    ),
    ...Object.entries(endFields).map(([name, at]) =>
      flipped(`the end record's ${name}`, (zip) => layoutOf(zip).endAt + at),
    ),
    ...inData,
  ];
}

const framed = (name: string, head: (head: string, archive: Buffer) => string, body?: Rule["body"]): DamageCase => ({
  name,
  rule: (archive) => ({
    head: (text) => head(text, archive),
    ...(body === undefined ? {} : { body }),
  }),
});

const setLength = (length: (bytes: number) => string) => (head: string, archive: Buffer) =>
  head.replace(/content-length: \d+/i, `content-length: ${length(archive.length)}`);
const add = (line: string) => (head: string) => head.replace(/\r\n\r\n$/, `\r\n${line}\r\n\r\n`);

function frames(): DamageCase[] {
  const packed = (archive: Buffer) => gzipSync(archive, { level: 1 });
  return [
    framed(
      "gzip sneaked in, and said",
      (head, archive) => add("content-encoding: gzip")(setLength(() => String(packed(archive).length))(head, archive)),
      packed,
    ),
    framed(
      "gzip sneaked in, and not said",
      (head, archive) => setLength(() => String(packed(archive).length))(head, archive),
      packed,
    ),
    framed("plain bytes called gzip", add("content-encoding: gzip")),
    framed("plain bytes called br", add("content-encoding: br")),
    framed("plain bytes called deflate, identity", add("content-encoding: deflate, identity")),
    framed(
      "a length that is 1 too long",
      setLength((bytes) => String(bytes + 1)),
    ),
    framed(
      "a length that is 1 too short",
      setLength((bytes) => String(bytes - 1)),
    ),
    framed(
      "a length that is 22 too short",
      setLength((bytes) => String(bytes - 22)),
    ),
    framed(
      "a length of 0",
      setLength(() => "0"),
    ),
    framed(
      "a negative length",
      setLength(() => "-1"),
    ),
    framed(
      "a length with a sign",
      setLength((bytes) => `+${bytes}`),
    ),
    framed(
      "a hexadecimal length",
      setLength((bytes) => `0x${bytes.toString(16)}`),
    ),
    framed(
      "a length that no number holds",
      setLength(() => "99999999999999999999999"),
    ),
    framed("two lengths that agree", (head, archive) => add(`content-length: ${archive.length}`)(head)),
    framed("two lengths, the first shorter", (head, archive) =>
      setLength((bytes) => `${bytes - 100}`)(add(`x-y: z\r\ncontent-length: ${archive.length}`)(head), archive),
    ),
    framed("two lengths, the second shorter", (head, archive) => add(`content-length: ${archive.length - 100}`)(head)),
    framed(
      "two lengths in one line",
      setLength((bytes) => `${bytes}, ${bytes - 1}`),
    ),
    framed("length and chunked", add("transfer-encoding: chunked")),
    framed("length and identity", add("transfer-encoding: identity")),
    framed("length and chunked, then something else", add("transfer-encoding: chunked, x")),
    framed("a line of the head without a name", add(": nothing")),
    framed("a broken status line", (head) => head.replace("HTTP/1.1 200", "HTTP/9 two hundred")),
    framed("the head twice", (head) => head + head),
    framed(
      "the end first",
      (head) => head,
      (archive) => Buffer.concat([archive.subarray(archive.length >> 1), archive.subarray(0, archive.length >> 1)]),
    ),
    framed(
      "zeros in the middle",
      (head) => head,
      (archive) => Buffer.from(archive).fill(0, archive.length >> 2, (archive.length >> 2) + 4096),
    ),
    framed(
      "a page in place of the bytes, called zip",
      (head, archive) => setLength(() => "90")(head, archive),
      () => Buffer.from("<!DOCTYPE html><html><body>please sign in</body></html>".padEnd(90)),
    ),
    framed(
      "an empty zip",
      (head, archive) => setLength(() => "22")(head, archive),
      () => Buffer.concat([Buffer.from([0x50, 0x4b, 5, 6]), Buffer.alloc(18)]),
    ),
    framed(
      "nothing but zeros",
      (head) => head,
      (archive) => Buffer.alloc(archive.length),
    ),
  ];
}

/** 32 flips and 28 frames: 60. */
export function damageCases(): DamageCase[] {
  return [...flips(), ...frames()];
}
