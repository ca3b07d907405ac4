/** A value of a documented list, or whatever else the service comes to say. */
export type Open<Known extends string> = Known | (string & {});

/** What a content job can make. `silo` is sent as `req_type: "Product Image"` with `image_type: "silo"`. */
export const contentTypes = ["3d_model_viewer", "ar", "360_degree_spin", "silo"] as const;
export type ContentType = (typeof contentTypes)[number];

/** Source: collection, "Get Product Content Status", "Status Values". `null` besides: not requested. */
export const contentStatuses = [
  "Disabled",
  "Not Done",
  "Processing",
  "Blender Processing",
  "Done",
  "Failed",
  "Infected",
] as const;
export type KnownStatus = (typeof contentStatuses)[number];

/** Source: the 400 "File must have a valid extension"; the table of the upload step lacks `.3ds`. */
export const modelExtensions: readonly string[] =
  "glb gltf obj fbx blend usdz stl dae ply abc bvh x3d wrl 3ds max off step stp iges igs brep ifc 3mf fcstd fcstd1 zip"
    .split(" ")
    .map((name) => `.${name}`);

/** Source: collection, "Upload Thumbnail to S3", "Supported File Formats". */
export const thumbnailExtensions: readonly string[] = [".png", ".jpg", ".jpeg"];

/** Which file of a product. */
export type FileKind = "model" | "thumbnail";

/** The last name's ending in lower case with its dot, empty where there is none. */
export function extensionOf(fileName: string): string {
  return /[^/\\]?(\.[^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? "";
}

/** True for a name that Imagine takes for this kind of file. */
export function isSupportedName(kind: FileKind, fileName: string): boolean {
  return (kind === "model" ? modelExtensions : thumbnailExtensions).includes(extensionOf(fileName));
}
