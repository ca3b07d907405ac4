import type { HttpClient } from "@org/http-core";
import { z } from "zod";
import { refusalOf } from "./imeshh-error.ts";

/** The answer of the cheap call. */
export interface ShopStatus {
  /** Changes whenever a feed changes. As served (`2025-07-21T21:38:11Z`); compare it for equality only. */
  readonly lastUpdated: string;
  /** When the shop answered, by its own clock: the `Date` header as served. Null where it sent none. */
  readonly servedAt: string | null;
}

const statusAnswer = z.looseObject({
  last_updated: z.union([z.string().trim().min(1), z.number().transform(String)]),
});

/** Asks whether there is news. Public. */
export async function getStatus(blog: HttpClient, options: { signal?: AbortSignal | undefined }): Promise<ShopStatus> {
  const { data, headers } = await blog.requestJson({
    name: "iMeshh getStatus",
    method: "GET",
    path: "/wp-json/status-api/v1/latest",
    repeat: "repeatable",
    schema: statusAnswer,
    signal: options.signal,
    refusal: refusalOf("public", "the status"),
  });
  return { lastUpdated: data.last_updated, servedAt: headers.date ?? null };
}
