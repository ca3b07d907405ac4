import { inflateRawSync } from "node:zlib";
import { z } from "zod";
import { readZipEntries, type ZipEntry } from "../zip/zip-entries.ts";
import { actorOf, type Caller, requireAccess } from "./access.ts";
import { importableTypes } from "./asset-types.ts";
import { addAsset, type Environment, noteEdit } from "./environment.ts";
import { folderFor } from "./folders.ts";
import { bytesOf, ok, operation } from "./operation.ts";
import { invalid } from "./problem.ts";

const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const descriptionName = new RegExp(`^desc\\.([a-z_0-9]+)\\.(${uuid})$`, "i");
const payloadName = new RegExp(
  `^payload\\.(?:(?:mesh|texture|animation|skeleton|texture_1d|texture_3d|collision_geometry|sound)|` +
    `texture(?:_1d|_3d)?\\.mips(?:\\d|1[0-6])|texture(?:_1d|_3d)?\\.mips\\[(?:\\d|1[0-6])\\]|` +
    `point_cloud\\.(?:position|color)|texture_3d\\.histogram)\\.${uuid}$`,
  "i",
);
const maxDescriptionBytes = 16 * 1024 * 1024;

export const importOperations = {
  importAssets: operation({
    query: z.strictObject({ overwrite: z.enum(["never", "only-specified", "always"]).default("never") }),
    body: bytesOf(["application/zip"]),
    answer({ env, caller, parameter, query, body }) {
      const { folderId } = folderFor(env, caller, parameter("folder_id"), "write");
      const entries = entriesOf(body.bytes);
      const specified = query.overwrite === "only-specified" ? specifiedIds(entries) : [];
      const mayOverwrite = (id: string) => query.overwrite === "always" || specified.includes(id);
      return ok(importEntries({ env, caller, folderId, entries, mayOverwrite }));
    },
  }),
};

function importEntries(given: {
  env: Environment;
  caller: Caller;
  folderId: string;
  entries: ZipEntry[];
  mayOverwrite: (id: string) => boolean;
}) {
  const { env, caller, folderId, entries, mayOverwrite } = given;
  const result = { imported: [] as string[], overwritten: [] as string[], skipped: [] as string[] };
  const skippedFiles: string[] = [];
  const described = entries.flatMap((entry) => {
    const [, type = "", assetId = ""] = descriptionName.exec(entry.name) ?? [];
    const known = importableTypes.find((candidate) => candidate === type);
    if (known !== undefined) return [{ type: known, assetId: assetId.toLowerCase(), content: readDescription(entry) }];
    if (entry.name !== "overwrite.json" && !payloadName.test(entry.name)) skippedFiles.push(entry.name);
    return [];
  });
  for (const { assetId } of described) {
    const known = env.assets.get(assetId);
    if (known !== undefined && mayOverwrite(assetId)) requireAccess(env, caller, known.folderId, "write");
  }
  const ids = described.map(({ assetId }) => assetId);
  for (const { type, assetId, content } of described) {
    const { name, uuid: _own, ...rest } = content;
    const label = typeof name === "string" && name !== "" ? name : `${type} ${assetId}`;
    const known = env.assets.get(assetId);
    // Whatever id of the package or the environment a description names is taken as used by it.
    const dependencies = usedIds(env, content, ids).filter((id) => id !== assetId);
    if (known === undefined) {
      addAsset(env, {
        type,
        name: label,
        assetId,
        folderId,
        createdBy: actorOf(env, caller),
        content: rest,
        dependencies,
      });
      result.imported.push(assetId);
    } else if (mayOverwrite(assetId)) {
      Object.assign(known, { name: label, content: rest, dependencies });
      noteEdit(env, known, actorOf(env, caller));
      result.overwritten.push(assetId);
    } else {
      result.skipped.push(assetId);
    }
  }
  return { asset_ids: result, ...(skippedFiles.length === 0 ? {} : { skipped_files: skippedFiles }) };
}

function entriesOf(bytes: Buffer): ZipEntry[] {
  try {
    return readZipEntries(bytes);
  } catch (error) {
    throw invalid(`The body is no zip: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readJson(entry: ZipEntry): unknown {
  try {
    const bytes =
      entry.method === 0 ? entry.data : inflateRawSync(entry.data, { maxOutputLength: maxDescriptionBytes });
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw invalid(`The file ${entry.name} of the package is not JSON.`);
  }
}

function readDescription(entry: ZipEntry): Record<string, unknown> {
  const value = readJson(entry);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(`The file ${entry.name} of the package is not a JSON object.`);
  return value as Record<string, unknown>;
}

/** `overwrite.json` has no published form: every id that stands in it is taken. */
function specifiedIds(entries: ZipEntry[]): string[] {
  const entry = entries.find(({ name }) => name === "overwrite.json");
  if (entry === undefined) throw invalid("overwrite=only-specified needs the file overwrite.json in the package.");
  return idsIn(readJson(entry));
}

function idsIn(value: unknown): string[] {
  return [...(JSON.stringify(value) ?? "").matchAll(new RegExp(uuid, "gi"))].map(([id]) => id.toLowerCase());
}

function usedIds(env: Environment, content: Record<string, unknown>, packed: string[]): string[] {
  return [...new Set(idsIn(content))].filter((id) => packed.includes(id) || env.assets.has(id));
}
