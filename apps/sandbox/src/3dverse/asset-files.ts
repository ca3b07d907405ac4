import { z } from "zod";
import { textReply } from "../http/reply.ts";
import { textEntry, writeZip } from "../zip/write-zip.ts";
import { actorOf } from "./access.ts";
import { descriptionOf, submeshCount } from "./asset-description.ts";
import { dependenciesOf } from "./asset-lists.ts";
import {
  type AssetType,
  exportableTypes,
  typesWithCode,
  typesWithCustomTypes,
  typesWithPayload,
} from "./asset-types.ts";
import { assetAt } from "./assets.ts";
import { noteEdit } from "./environment.ts";
import { exportedMesh, madeThumbnail, payloadBytes } from "./made-bytes.ts";
import { bytesOf, bytesReply, done, ok, operation } from "./operation.ts";
import { invalid, notFound, Problem } from "./problem.ts";
import { wholeNumber } from "./query.ts";

/** Edge lengths; those of the service are unknown. */
const thumbnailPixels = { large: 8, medium: 4, small: 2, tiny: 1 } as const;
const maxThumbnailBytes = 4 * 1024 * 1024;
const textures: readonly AssetType[] = ["texture", "texture_1d", "texture_3d"];

const payload = { container: "asset_container_with_payload", types: typesWithPayload };
const code = { container: "asset_container_with_code", types: typesWithCode };
const customTypes = { container: "asset_container_with_custom_types", types: typesWithCustomTypes };
const exportable = { container: "asset_container_exportable", types: exportableTypes };

export const assetFileOperations = {
  getAssetPayload: operation({
    query: z.strictObject({ sub_resource: z.string().min(1).optional() }),
    answer({ env, caller, parameter, query }) {
      const asset = assetAt(env, caller, parameter, "read", payload);
      const { sub_resource: part } = query;
      if (part !== undefined && !hasPart(asset.type, part))
        throw invalid(`The payload of a ${asset.type} has no sub_resource ${part}.`);
      return bytesReply("application/octet-stream", payloadBytes(asset, part));
    },
  }),
  getAssetCode: operation({
    answer({ env, caller, parameter }) {
      const { assetId, name } = assetAt(env, caller, parameter, "read", code);
      return textReply(200, "text/plain; charset=utf-8", `// ${name}\n// ${assetId}\n`);
    },
  }),
  getAssetThumbnail: operation({
    query: z.strictObject({
      size: z.enum(["large", "medium", "small", "tiny"]),
      default_url: z.string().min(1).optional(),
    }),
    answer({ env, caller, parameter, query }) {
      const asset = assetAt(env, caller, parameter, "read");
      if (asset.thumbnail !== undefined) return bytesReply(asset.thumbnail.contentType, asset.thumbnail.bytes);
      if (env.settings.thumbnails === "all")
        return bytesReply("image/png", madeThumbnail(asset, thumbnailPixels[query.size]));
      if (query.default_url === undefined) throw notFound(`The asset ${asset.assetId} has no thumbnail.`);
      return { ...bytesReply("text/plain", Buffer.alloc(0), { location: query.default_url }), status: 302 };
    },
  }),
  setAssetThumbnail: operation({
    body: bytesOf(["image/jpg", "image/png"]),
    answer({ env, caller, parameter, body }) {
      const asset = assetAt(env, caller, parameter, "write");
      if (body.bytes.length > maxThumbnailBytes)
        throw new Problem(413, `A thumbnail may have ${maxThumbnailBytes} bytes; this one has ${body.bytes.length}.`);
      asset.thumbnail = body;
      noteEdit(env, asset, actorOf(env, caller));
      return done(env);
    },
  }),
  getAssetCustomTypes: operation({
    answer({ env, caller, parameter }) {
      assetAt(env, caller, parameter, "read", customTypes);
      return ok({ types: {} });
    },
  }),
  packageAsset: operation({
    answer({ env, caller, parameter }) {
      const asset = assetAt(env, caller, parameter, "read");
      const others = [...dependenciesOf(env, asset, Number.POSITIVE_INFINITY).keys()].flatMap(
        (id) => env.assets.get(id) ?? [],
      );
      const entries = [asset, ...others].flatMap((packed) => [
        textEntry(`desc.${packed.type}.${packed.assetId}`, JSON.stringify(descriptionOf(packed))),
        ...(typesWithPayload.includes(packed.type)
          ? [textEntry(`payload.${packed.type}.${packed.assetId}`, payloadBytes(packed, undefined).toString("hex"))]
          : []),
      ]);
      return bytesReply("application/zip", writeZip(entries));
    },
  }),
  exportAsset: operation({
    query: z.strictObject({
      scale: z.string().transform(Number).pipe(z.number().positive()).default(1),
      sub_mesh_index: wholeNumber.optional(),
    }),
    answer({ env, caller, parameter, query }) {
      const asset = assetAt(env, caller, parameter, "read", exportable);
      const format = parameter("format");
      if (format !== "obj" && format !== "stl") throw invalid(`The format must be obj or stl; it was "${format}".`);
      if (asset.type !== "mesh") throw invalid("Only meshes can be exported so far.");
      if ((query.sub_mesh_index ?? 0) >= submeshCount)
        throw invalid(`The mesh has ${submeshCount} part; there is no sub_mesh_index ${query.sub_mesh_index}.`);
      const contentType = format === "obj" ? "model/obj" : "model/stl";
      return bytesReply(contentType, exportedMesh(asset.assetId, format, query.scale));
    },
  }),
};

/** Textures have mips under any name, volumes a histogram, point clouds two parts. */
function hasPart(type: AssetType, part: string): boolean {
  if (type === "point_cloud") return part === "position" || part === "color";
  return textures.includes(type) && (part !== "histogram" || type === "texture_3d");
}
