// How long do searches and facets of a large catalog take over the real API of the real process, compared with bare SQLite
// over the same file in the same run?
// Run: node --conditions=@org/source apps/sync-daemon/bench/search.ts
import { readdir } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { serveCatalog } from "./serve-catalog.ts";

/** Of one kind of question: each of its questions once per round. */
interface Timed {
  readonly kind: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  /** Bare SQLite: count what matches, and read the ids of the first 50 by rank. */
  readonly peerP50Ms: number;
  /** Processor time, which a busy machine does not stretch as much: the daemon's, and SQLite's. */
  readonly processorP50Ms: number;
  readonly processorP95Ms: number;
  readonly peerProcessorP50Ms: number;
}

export interface SearchFigures {
  readonly products: number;
  readonly kinds: readonly Timed[];
  /** Over all searches, facets left out; on the clock and by processor time. */
  readonly searchP95Ms: number;
  readonly searchProcessorP95Ms: number;
  readonly facetsP95Ms: number;
  readonly facetsProcessorP95Ms: number;
  /** Programs that were ready to run, on average over the last minute: with more than processors, the clock counts them too. */
  readonly load: number;
  readonly processors: number;
  readonly residentMegabytes: number;
}

interface Question {
  readonly path: string;
  /** What bare SQLite is asked in its place; undefined: all products by slug. */
  readonly match?: string;
}

/** Asks nothing of the catalog: what HTTP, guard and caller take by themselves on this machine now. */
const wayAlone = "the way there and back alone";

const rounds = 12;
const words = ["chair", "wood", "vase", "oak", "clay", "table", "plank", "shelf"];
const searched = (text: string, more = ""): Question => ({
  path: `/api/v1/products?text=${encodeURIComponent(text)}${more}`,
  match: text
    .split(" ")
    .map((word) => `"${word}"*`)
    .join(" "),
});

/** Each text is new in each round, as far as the catalog's words allow: what is remembered would answer too quickly. */
function questionsOf(round: number): Record<string, Question[]> {
  const number = String(17 + round * 811);
  return {
    [wayAlone]: Array.from({ length: 8 }, () => ({ path: "/healthz" })),
    "one letter": [..."cvwsf1"].map((letter) => searched(letter, `&limit=${50 + (round % 2)}`)),
    "one word": [...words, number].map((word) => searched(word)),
    "two words": words.flatMap((word) => [searched(`${word} 0`), searched(`${word} ${number.slice(0, 2)}`)]),
    "filters and order": [
      searched("vase", "&assetType=model&minPolygons=1000&maxPolygons=50000&sort=polygons"),
      searched("wood", "&freebie=true&sort=newest"),
      { path: "/api/v1/products?assetType=material&category=Wood&sort=newest" },
      { path: "/api/v1/products?onDisk=false&minLeft=2&sort=polygons" },
      { path: "/api/v1/products?favourite=true" },
    ],
    "deep pages": [
      { path: `/api/v1/products?offset=${50_000 + round * 50}&sort=title` },
      { path: `/api/v1/products?offset=${99_900 - round}&sort=newest` },
      searched("c", `&offset=${15_000 + round}`),
    ],
    "pages of 200": [{ path: `/api/v1/products?limit=200&offset=${round * 200}` }, searched("chair", "&limit=200")],
    facets: [
      { path: "/api/v1/facets" },
      ...[..."cv"].map((letter) => ({ ...searched(letter), path: `/api/v1/facets?text=${letter}` })),
      { ...searched("wood"), path: "/api/v1/facets?text=wood&freebie=true&assetType=material&minPolygons=100" },
    ],
  };
}

export async function measureSearch(products = 100_000): Promise<SearchFigures> {
  const daemon = await serveCatalog(products);
  let peer: DatabaseSync | undefined;
  try {
    const catalogs = join(daemon.home, "catalogs");
    const [file = ""] = (await readdir(catalogs)).filter((name) => name.endsWith(".db"));
    peer = new DatabaseSync(join(catalogs, file), { readOnly: true });
    const count = peer.prepare("SELECT count(*) FROM words WHERE words MATCH ?");
    const best = peer.prepare("SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, 8, 4, 2, 1) LIMIT 50");
    const all = peer.prepare("SELECT count(*) AS products FROM facts");
    const bySlug = peer.prepare("SELECT id FROM facts ORDER BY slug, id LIMIT 50");
    const askPeer = ({ match }: Question): void => {
      if (match === undefined) {
        all.get();
        bySlug.all();
      } else {
        count.get(match);
        best.all(match);
      }
    };

    const times = new Map<string, Taken>();
    for (let round = -1; round < rounds; round += 1) {
      for (const [kind, questions] of Object.entries(questionsOf(round + 1))) {
        const taken = times.get(kind) ?? { ours: [], theirs: [], ourProcessor: [], theirProcessor: [] };
        times.set(kind, taken);
        for (const question of questions) {
          const beforeMs = daemon.processorMs();
          const startedMs = performance.now();
          await daemon.ask(question.path);
          const answeredMs = performance.now();
          const betweenMs = daemon.processorMs();
          const peerBefore = process.cpuUsage();
          const peerStartedMs = performance.now();
          askPeer(question);
          // The first round warms up what a running daemon has warm.
          if (round < 0) continue;
          taken.ours.push(answeredMs - startedMs);
          taken.theirs.push(performance.now() - peerStartedMs);
          taken.ourProcessor.push(betweenMs - beforeMs);
          taken.theirProcessor.push(millisecondsOf(process.cpuUsage(peerBefore)));
        }
      }
    }
    const kinds = [...times].map(([kind, { ours, theirs, ourProcessor, theirProcessor }]) => ({
      kind,
      p50Ms: quantile(ours, 0.5),
      p95Ms: quantile(ours, 0.95),
      maxMs: quantile(ours, 1),
      peerP50Ms: quantile(theirs, 0.5),
      processorP50Ms: quantile(ourProcessor, 0.5),
      processorP95Ms: quantile(ourProcessor, 0.95),
      peerProcessorP50Ms: quantile(theirProcessor, 0.5),
    }));
    const isSearch = ([kind]: [string, Taken]): boolean => kind !== "facets" && kind !== wayAlone;
    const searches = [...times].filter(isSearch).map(([, taken]) => taken);
    const facets = times.get("facets");
    return {
      products: Number(all.get()?.products),
      kinds,
      searchP95Ms: quantile(
        searches.flatMap(({ ours }) => ours),
        0.95,
      ),
      searchProcessorP95Ms: quantile(
        searches.flatMap(({ ourProcessor }) => ourProcessor),
        0.95,
      ),
      facetsP95Ms: quantile(facets?.ours ?? [], 0.95),
      facetsProcessorP95Ms: quantile(facets?.ourProcessor ?? [], 0.95),
      load: loadavg()[0] ?? Number.NaN,
      processors: availableParallelism(),
      residentMegabytes: daemon.residentBytes() / 1e6,
    };
  } finally {
    peer?.close();
    await daemon.stop();
  }
}

interface Taken {
  readonly ours: number[];
  readonly theirs: number[];
  readonly ourProcessor: number[];
  readonly theirProcessor: number[];
}

const millisecondsOf = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1_000;

function quantile(times: readonly number[], part: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export function formatSearch(figures: SearchFigures): string {
  const ms = (time: number) => time.toFixed(1);
  return [
    `Search of ${figures.products} products over the API, with bare SQLite over the same file as the peer:`,
    "",
    "| question | p50 ms | p95 ms | slowest ms | SQLite p50 ms | ours by theirs | processor p50 ms | p95 ms | SQLite's p50 ms |",
    "|---|---|---|---|---|---|---|---|---|",
    ...figures.kinds.map((kind) =>
      [
        `| ${kind.kind}`,
        ms(kind.p50Ms),
        ms(kind.p95Ms),
        ms(kind.maxMs),
        ms(kind.peerP50Ms),
        (kind.p50Ms / kind.peerP50Ms).toFixed(2),
        ms(kind.processorP50Ms),
        ms(kind.processorP95Ms),
        `${ms(kind.peerProcessorP50Ms)} |`,
      ].join(" | "),
    ),
    "",
    `95 of 100 searches within ${ms(figures.searchP95Ms)} ms on the clock, ${ms(figures.searchProcessorP95Ms)} ms of processor time (to be: 20 ms).`,
    `95 of 100 facets within ${ms(figures.facetsP95Ms)} ms on the clock, ${ms(figures.facetsProcessorP95Ms)} ms of processor time (to be: 50 ms).`,
    `The machine's load: ${figures.load.toFixed(1)} on ${figures.processors} processors.`,
    `The daemon, at the end: ${figures.residentMegabytes.toFixed(0)} MB.`,
  ].join("\n");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${formatSearch(await measureSearch())}\n`);
}
