import { argumentInvalid } from "./3dverse-error.ts";
import type { AssetOptions } from "./assets.ts";
import { type BinaryAnswer, callBinary } from "./binary-answer.ts";
import { type CallOptions, callNothing } from "./call.ts";
import type { Connection } from "./connection.ts";
import type { AssetContainerExportable, AssetContainerWithPayload, Open } from "./data-types.ts";

/** The bytes of an asset. `sub_resource` names a mip of a texture, or `histogram`, `position`, `color`. */
export function getAssetPayload(
  connection: Connection,
  options: {
    asset_container_with_payload: AssetContainerWithPayload;
    asset_id: string;
    sub_resource?: Open<"histogram" | "position" | "color"> | undefined;
  } & CallOptions,
): Promise<BinaryAnswer> {
  const { asset_container_with_payload, asset_id, sub_resource } = options;
  return callBinary(
    connection,
    {
      operation: "getAssetPayload",
      path: "/assets/{asset_container_with_payload}/{asset_id}/payload",
      parameters: { asset_container_with_payload, asset_id },
      query: { sub_resource },
    },
    options,
  );
}

/** A picture of an asset. Where there is none, the service answers with `default_url`, which may be a redirect. */
export function getAssetThumbnail(
  connection: Connection,
  options: AssetOptions & { size: "large" | "medium" | "small" | "tiny"; default_url?: string | undefined },
): Promise<BinaryAnswer> {
  const { asset_container, asset_id, size, default_url } = options;
  return callBinary(
    connection,
    {
      operation: "getAssetThumbnail",
      path: "/assets/{asset_container}/{asset_id}/thumbnail",
      parameters: { asset_container, asset_id },
      query: { size, default_url },
    },
    options,
  );
}

/** Sets the picture of an asset, PNG or JPEG; the type is read from its first bytes unless told. */
export async function setAssetThumbnail(
  connection: Connection,
  options: AssetOptions & {
    body: Uint8Array | ArrayBuffer | Blob;
    contentType?: "image/png" | "image/jpg" | undefined;
  },
): Promise<void> {
  const operation = "setAssetThumbnail";
  const { asset_container, asset_id, body } = options;
  const bytes = await bytesOf(operation, body);
  const contentType = options.contentType ?? imageTypeOf(bytes);
  if (contentType === undefined) throw argumentInvalid(operation, "body must be a PNG or JPEG picture");
  return callNothing(
    connection,
    {
      operation,
      method: "PUT",
      path: "/assets/{asset_container}/{asset_id}/thumbnail",
      parameters: { asset_container, asset_id },
      body: bytes,
      headers: { "content-type": contentType },
    },
    options,
  );
}

/** An asset with what it needs, as a package that `importAssets` takes. */
export function packageAsset(connection: Connection, options: AssetOptions): Promise<BinaryAnswer> {
  const { asset_container, asset_id } = options;
  return callBinary(
    connection,
    {
      operation: "packageAsset",
      path: "/assets/{asset_container}/{asset_id}/package",
      parameters: { asset_container, asset_id },
    },
    options,
  );
}

/** An asset in a common format. The reference says that only meshes work today. */
export function exportAsset(
  connection: Connection,
  options: {
    asset_container_exportable: AssetContainerExportable;
    asset_id: string;
    format: "obj" | "stl";
    /** Default 1. */
    scale?: number | undefined;
    sub_mesh_index?: number | undefined;
  } & CallOptions,
): Promise<BinaryAnswer> {
  const { asset_container_exportable, asset_id, format, scale = 1, sub_mesh_index } = options;
  return callBinary(
    connection,
    {
      operation: "exportAsset",
      path: "/assets/{asset_container_exportable}/{asset_id}/exports/{format}",
      parameters: { asset_container_exportable, asset_id, format },
      query: { scale, sub_mesh_index },
    },
    options,
  );
}

async function bytesOf(operation: string, body: unknown): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer());
  throw argumentInvalid(operation, "body must be bytes or a Blob");
}

/** `image/jpg` is no registered type; it is what the vendor's library sends. */
function imageTypeOf(bytes: Uint8Array): "image/png" | "image/jpg" | undefined {
  if (bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47) return "image/png";
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? "image/jpg" : undefined;
}
