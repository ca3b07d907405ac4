import { ApiError, type HttpClient } from "@org/http-core";
import type { AssetType } from "./data-types.ts";
import { refusalOf } from "./imeshh-error.ts";

/** Blender's catalog file of one asset type. */
export interface CatalogFile {
  readonly assetType: AssetType;
  /** Exactly as served (UTF-8, without a byte order mark). Merge it by UUID; people add catalogs of their own. */
  readonly text: string;
}

/** The folders do not follow the names of the types. Source: the shop's public Blender add-on 1.2.4, `utils/auth.py`. */
const folders: Record<AssetType, string> = { model: "models", material: "materials", geonode: "geonodes", fx: "fx" };

/** Fetches one of the four catalog files. Public. */
export async function getCatalogFile(
  feeds: HttpClient,
  options: { assetType: AssetType; signal?: AbortSignal | undefined },
): Promise<CatalogFile> {
  const { assetType, signal } = options;
  if (!Object.hasOwn(folders, assetType)) {
    throw new TypeError(
      `assetType must be one of ${Object.keys(folders).join(", ")}, not ${JSON.stringify(assetType)}`,
    );
  }
  const operation = {
    name: "iMeshh getCatalogFile",
    method: "GET",
    path: `/cats-files/${folders[assetType]}/blender_assets.cats.txt`,
  } as const;
  const { text } = await feeds.requestText({
    ...operation,
    repeat: "repeatable",
    signal,
    refusal: refusalOf("public", `the catalog file of ${assetType}`),
  });
  // Blender reads nothing that lacks this line, and an error page never has it.
  if (!/^VERSION\s+\d+\s*$/m.test(text)) {
    throw new ApiError({
      kind: "unexpected-shape",
      code: "catalog-file-unreadable",
      message: `What iMeshh served as catalog file of ${assetType} is none: it has no VERSION line.`,
      request: { operation: operation.name, method: "GET", url: feeds.origin + operation.path },
    });
  }
  return { assetType, text };
}
