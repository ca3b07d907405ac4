import { createHash } from "node:crypto";
import type { Fault } from "@org/sandbox";
import type { Place, Rule } from "./fault-proxy.ts";

/** One way in which the fetch of an archive is disturbed. */
export interface TransferCase {
  readonly name: string;
  /** The request for the rest is what is tried: its answer must be the one that the case is about. */
  readonly resumes: boolean;
  /** What the proxy does to the answers for the archive's path. */
  readonly rules: (archive: { path: string; bytes: number }) => Rule[];
  /** What the shop's own host of archives does wrong besides. */
  readonly faults: (path: string) => Fault[];
}

type How = "fin" | "rst" | "hang";

const body =
  (at: (bodyBytes: number) => number): Place =>
  ({ headBytes, wireBytes }) =>
    headBytes + Math.min(at(wireBytes - headBytes), wireBytes - headBytes);

/** Thirteen places: reliability plan, T7. */
const places: readonly (readonly [name: string, place: Place])[] = [
  ["before the first byte", () => 0],
  ["after 1 byte", () => 1],
  ["in the middle of the status line", () => 8],
  ["in the middle of the head", ({ headBytes }) => headBytes >> 1],
  ["at the end of the head", ({ headBytes }) => headBytes],
  ["after 1 byte of the body", body(() => 1)],
  ["after 64 KiB - 1 of the body", body(() => 65_535)],
  ["at 25 %", body((bytes) => bytes >> 2)],
  ["at 50 %", body((bytes) => bytes >> 1)],
  ["at 99 %", body((bytes) => Math.floor(bytes * 0.99))],
  ["before the byte before the last", body((bytes) => bytes - 2)],
  ["before the last byte", body((bytes) => bytes - 1)],
  ["after the end", ({ wireBytes }) => wireBytes],
];

const framings = ["length", "chunked", "close"] as const;

/** 13 places × {FIN, RST, hang} × {length, chunked, close-delimited}: the first answer is cut. */
function cuts(): TransferCase[] {
  return framings.flatMap((framing) =>
    (["fin", "rst", "hang"] as const).flatMap((how) =>
      places.map(([where, at]) => ({
        name: `cut ${where} by ${how}, ${framing}`,
        resumes: false,
        rules: ({ path }) => [{ path, cut: { at, how } }],
        faults: (path): Fault[] => (framing === "length" ? [] : [{ host: "cdn", path, kind: "no-length", framing }]),
      })),
    ),
  );
}

const withoutHeader =
  (...names: string[]) =>
  (head: string) =>
    head
      .split("\r\n")
      .filter((line) => !names.includes(line.split(":")[0]?.toLowerCase() ?? ""))
      .join("\r\n");

const withHeader = (name: string, value: string) => (head: string) =>
  withoutHeader(name)(head).replace("\r\n", `\r\n${name}: ${value}\r\n`);

/** The head of every answer; the first one is cut as well. */
const always = (path: string, cut: NonNullable<Rule["cut"]>, head: (head: string) => string): Rule[] => [
  { path, cut, head },
  { path, head, times: 50 },
];

/** What the answer to the request for the rest does; the first answer was cut at `cut`. */
const resumptions: readonly (readonly [
  name: string,
  build: (
    cut: NonNullable<Rule["cut"]>,
    variant: number,
  ) => { rules: (archive: { path: string; bytes: number }) => Rule[]; faults?: (path: string) => Fault[] },
])[] = [
  ["a strong ETag", (cut) => ({ rules: ({ path }) => [{ path, cut }] })],
  [
    "a weak ETag",
    (cut) => ({
      rules: ({ path }) =>
        always(path, cut, (head) => withoutHeader("last-modified")(withHeader("etag", 'W/"weak"')(head))),
    }),
  ],
  ["no ETag", (cut) => ({ rules: ({ path }) => always(path, cut, withoutHeader("etag", "last-modified")) })],
  [
    "a changed ETag",
    (cut, variant) =>
      variant % 2 === 0
        ? // If-Range carries a tag that the host does not know any more: it sends the whole.
          { rules: ({ path }) => [{ path, cut, head: withHeader("etag", '"of-before"') }] }
        : // The host joins the rest of another version without looking at If-Range.
          {
            rules: ({ path }) => [
              { path, cut },
              { path, head: withHeader("etag", '"another"') },
            ],
          },
  ],
  [
    "Range ignored",
    (cut) => ({
      rules: ({ path }) => [{ path, cut }],
      faults: (path) => [{ host: "cdn", path, kind: "ignore-range", times: 1 }],
    }),
  ],
  [
    "a 206 that is shifted",
    (cut, variant) => ({
      rules: ({ path }) => [{ path, cut }],
      faults: (path) => [{ host: "cdn", path, kind: "shifted-range", by: variant % 2 === 0 ? 7 : -1, times: 1 }],
    }),
  ],
  [
    "a 206 of another total",
    (cut, variant) => ({
      rules: ({ path }) => [{ path, cut }],
      faults: (path) => [{ host: "cdn", path, kind: "wrong-total", by: variant % 2 === 0 ? 1 : -1, times: 1 }],
    }),
  ],
  [
    "a 416",
    (cut, variant) => ({
      rules: ({ path, bytes }) => [
        { path, cut },
        {
          path,
          // The second says that what is here is all there is, which is a lie.
          head: () => unsatisfied(variant % 2 === 0 ? bytes : cut.at({ headBytes: 0, wireBytes: bytes })),
          body: () => Buffer.alloc(0),
        },
      ],
    }),
  ],
];

const unsatisfied = (total: number) =>
  `HTTP/1.1 416 Range Not Satisfiable\r\ncontent-range: bytes */${total}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;

/** {strong, weak, no, changed ETag, Range ignored, 206 shifted, 206 of another total, 416} × {FIN, RST} × 6 cuts. */
function resumes(): TransferCase[] {
  const bodyPlaces = places.slice(5, 8).concat(places.slice(8, 10), places.slice(11, 12));
  return resumptions.flatMap(([what, build]) =>
    (["fin", "rst"] as readonly How[]).flatMap((how) =>
      bodyPlaces.map(([where, at], variant) => {
        const { rules, faults = () => [] } = build({ at, how }, variant);
        return { name: `cut ${where} by ${how}, then ${what}`, resumes: true, rules, faults };
      }),
    ),
  );
}

/** All 213. */
export function transferCases(): TransferCase[] {
  return [...cuts(), ...resumes()];
}

/** `count` of them, the same ones for the same seed. */
export function sample<T>(from: readonly T[], count: number, seed: number): T[] {
  const rank = (index: number) => createHash("sha256").update(`${seed} ${index}`).digest("hex");
  return from
    .map((item, index) => ({ item, rank: rank(index) }))
    .sort((left, right) => (left.rank < right.rank ? -1 : 1))
    .slice(0, count)
    .map(({ item }) => item);
}
