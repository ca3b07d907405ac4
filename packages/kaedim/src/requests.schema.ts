import { z } from "zod";
import type { IterationStatus, Open, ResultFormat } from "./data-types.ts";
import { countOrNull, isRecord, readDateMs, textOrNull, texts } from "./json-values.ts";

/** Download links by format. They end after an hour (Kaedim Web API, "Processing an image"). */
export type Results = Readonly<Partial<Record<Open<ResultFormat>, string>>>;

/** One version of an asset. */
export interface Iteration {
  /** `"0"` for the first; some answers say it as a number. */
  readonly iterationId: string | null;
  /** As served. */
  readonly createdAt: string | null;
  readonly createdAtMs: number | null;
  readonly status: Open<IterationStatus>;
  readonly results: Results;
  readonly loq: string | null;
  readonly userId: string | null;
  readonly email: string | null;
  /** Why Kaedim's artists did not make it. */
  readonly dismissedReason: string | null;
  readonly editDescription: string | null;
  readonly texturingMethod: string | null;
  /** Fields that the document does not name, as served. */
  readonly other: Readonly<Record<string, unknown>>;
}

/** A request for an asset, with all that was made of it. */
export interface KaedimRequest {
  readonly requestId: string;
  /** The first tag of the image; Kaedim's own programs show it as the name. */
  readonly name: string | null;
  /** As served. */
  readonly createdAt: string | null;
  readonly createdAtMs: number | null;
  /** Links to the images. */
  readonly images: readonly string[];
  readonly imageTags: readonly string[];
  readonly polycount: number | null;
  /** Oldest first, whatever the order served. */
  readonly iterations: readonly Iteration[];
  readonly other: Readonly<Record<string, unknown>>;
}

/** A record of a list that could not be read. */
export interface SkippedRecord {
  readonly index: number;
  readonly reason: string;
}

/** Reads `{format: link}`; what is no web address is left out, and what is no object at all is an empty one. */
function readResults(value: unknown): Results {
  if (!isRecord(value)) return {};
  const links = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && /^https?:\/\//i.test(entry[1]),
  );
  return Object.fromEntries(links.map(([format, link]) => [format.toLowerCase(), link]));
}

/** The links of a record; none where the field is missing or something else. Never fails. */
export const resultLinks = z.unknown().optional().transform(readResults);

const iterationRecord = z
  .looseObject({
    createdAt: textOrNull,
    iterationID: textOrNull,
    results: resultLinks,
    status: textOrNull,
    userID: textOrNull,
    email: textOrNull,
    loq: textOrNull,
    dismissedReason: textOrNull,
    editDescription: textOrNull,
    texturingMethod: textOrNull,
  })
  .transform(({ iterationID, userID, status, createdAt, results, email, loq, ...rest }): Iteration => {
    const { dismissedReason, editDescription, texturingMethod, ...other } = rest;
    return {
      iterationId: iterationID,
      createdAt,
      createdAtMs: readDateMs(createdAt),
      status: status?.trim().toLowerCase() ?? "",
      results,
      loq,
      userId: userID,
      email,
      dismissedReason,
      editDescription,
      texturingMethod,
      other,
    };
  });

const iterationList = z
  .array(z.unknown())
  .catch([])
  .transform((records) => oldestFirst(records.filter(isRecord).map((record) => iterationRecord.parse(record))));

/** The one shape that `fetchRequest` and `fetchAll` answer with. */
export const requestRecord = z
  .looseObject({
    requestID: z.union([z.string().trim().min(1), z.number().transform(String)]),
    createdAt: textOrNull,
    image: texts,
    image_tags: texts,
    polycount: countOrNull,
    iterations: iterationList,
  })
  .transform(({ requestID, createdAt, image, image_tags, polycount, iterations, ...other }): KaedimRequest => {
    return {
      requestId: requestID,
      name: image_tags[0] ?? null,
      createdAt,
      createdAtMs: readDateMs(createdAt),
      images: image,
      imageTags: image_tags,
      polycount,
      iterations,
      other,
    };
  });

/**
 * Kaedim's plugins disagree on where the newest stands, so the dates decide. Without dates for all of them the order
 * served is kept, in which most take the last for the newest.
 */
function oldestFirst(iterations: readonly Iteration[]): readonly Iteration[] {
  if (iterations.some(({ createdAtMs }) => createdAtMs === null)) return iterations;
  return iterations.toSorted((a, b) => (a.createdAtMs ?? 0) - (b.createdAtMs ?? 0));
}
