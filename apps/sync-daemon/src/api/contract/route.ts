import type { z } from "zod";

/** Which part of the API an operation belongs to; the OpenAPI document groups by it. */
export type RouteTag = "daemon" | "products" | "downloads" | "plan" | "ledger" | "library" | "settings" | "activity";

/** One operation of the local API, as data: what is asked, what is answered, and what it may cost. */
export interface Route {
  readonly method: "GET" | "POST";
  /** Below the daemon's address; `:id` stands for one segment. */
  readonly path: string;
  readonly tag: RouteTag;
  /** One sentence for people. */
  readonly summary: string;
  /** What it may spend, as a sentence; absent where it never costs a download. */
  readonly spends?: string;
  /** Comes as text; a key that may be given several times is an array. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly answer: z.ZodType;
  /** Where the answer is no JSON but text of this kind; its schema is a string then. */
  readonly contentType?: string;
  /** 200 without. */
  readonly status?: 202;
}

/** Keeps the exact types of what stands in the table. */
export const defineRoutes = <const Routes extends Readonly<Record<string, Route>>>(routes: Routes): Routes => routes;

type Empty = Record<never, never>;
type ParametersOf<R extends Route> = R["path"] extends `${string}:id${string}` ? { readonly id: string } : Empty;
/** zod types an object without keys as one whose keys can hold nothing, which nothing can be joined to. */
type WithoutKeysEmpty<T> = string extends keyof T ? Empty : T;
type ParsedPart<R, Key extends string> = R extends { readonly [K in Key]: infer Schema extends z.ZodType }
  ? WithoutKeysEmpty<z.output<Schema>>
  : Empty;
type GivenPart<R, Key extends string> = R extends { readonly [K in Key]: infer Schema extends z.ZodType }
  ? WithoutKeysEmpty<z.input<Schema>>
  : Empty;

/** What an operation is handed: path parameters, query and body in one object, with defaults filled in. */
export type RequestOf<R extends Route> = ParametersOf<R> & ParsedPart<R, "query"> & ParsedPart<R, "body">;
/** What a caller gives: as `RequestOf`, where what has a default may be left out. */
export type CallOf<R extends Route> = ParametersOf<R> & GivenPart<R, "query"> & GivenPart<R, "body">;
export type AnswerOf<R extends Route> = z.output<R["answer"]>;
