import type { HttpClient } from "@org/http-core";
import { z } from "zod";
import { refusalOf } from "./imeshh-error.ts";
import { countOf, isRecord, listOf, textOf, textOrNull, webAddressOrNull } from "./php-json.ts";

/** One extension of a Blender extension repository. */
export interface Extension {
  readonly id: string;
  readonly version: string;
  readonly archiveUrl: string | null;
  readonly archiveBytes: number | null;
  /** `sha256:` and hex digits, as Blender's format has it. */
  readonly archiveHash: string | null;
  /** Everything else the index says of it, as served. */
  readonly other: Readonly<Record<string, unknown>>;
}

/** A Blender extension repository's index. */
export interface ExtensionIndex {
  /** `v1`. */
  readonly version: string;
  readonly blocklist: readonly unknown[];
  readonly extensions: readonly Extension[];
}

const indexAnswer = z.looseObject({ data: z.unknown() }).transform((answer, context): ExtensionIndex => {
  const records = listOf(answer.data);
  if (records === undefined) {
    context.addIssue({ code: "custom", path: ["data"], message: "expected a list" });
    return z.NEVER;
  }
  return {
    version: textOf(answer.version),
    blocklist: listOf(answer.blocklist) ?? [],
    extensions: records.filter(isRecord).flatMap((record) => {
      const { id, version, archive_url, archive_size, archive_hash, ...other } = record;
      if (textOf(id) === "") return [];
      return [
        {
          id: textOf(id),
          version: textOf(version),
          archiveUrl: webAddressOrNull(archive_url),
          archiveBytes: countOf(archive_size),
          archiveHash: textOrNull(archive_hash),
          other,
        },
      ];
    }),
  };
});

/** Fetches the index of the shop's own Blender extension. Public. Source: the shop's public Blender add-on 1.2.4. */
export async function getExtensionIndex(
  extensions: HttpClient,
  options: { signal?: AbortSignal | undefined },
): Promise<ExtensionIndex> {
  const { data } = await extensions.requestJson({
    name: "iMeshh getExtensionIndex",
    method: "GET",
    path: "/wp-json/imeshh-api/v1/extension",
    repeat: "repeatable",
    schema: indexAnswer,
    signal: options.signal,
    refusal: refusalOf("public", "the extension index"),
  });
  return data;
}
