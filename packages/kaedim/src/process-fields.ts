import { type LevelOfQuality, levelsOfQuality } from "./data-types.ts";
import { maxImages } from "./images.ts";
import { notSentError, processOperation } from "./kaedim-error.ts";

/** What is asked for, besides the images. */
export interface ProcessSettings {
  loq: LevelOfQuality;
  /** The most polygons the model may have. Kaedim's own programs keep below 30,000; the document names no limit. */
  polycount?: number | undefined;
  /** Centimetres. Kaedim takes 200 where nothing is said. */
  heightCm?: number | undefined;
  widthCm?: number | undefined;
  depthCm?: number | undefined;
  /** The project whose style the asset is to have. */
  projectId?: string | undefined;
  /** Default: that of the settings. */
  studioId?: string | undefined;
  /** Asks for an empty cube, to see the structure of the answer. Whether it costs credits is not documented. */
  test?: boolean | undefined;
}

/** The fields under their names on the wire. */
export type WireFields = Readonly<Record<string, string | number | boolean>>;

/** Checks everything that can be checked here; throws one `ApiError` that names every wrong field. */
export function checkProcess(
  given: ProcessSettings & { imageUrls?: readonly string[] | undefined; images?: readonly unknown[] | undefined },
  account: { devId: string; studioId: string | undefined },
): WireFields {
  const problems: Record<string, string[]> = {};
  const complain = (field: string, why: string) => {
    problems[field] = [...(problems[field] ?? []), why];
  };

  const loq = typeof given.loq === "string" ? (given.loq.toLowerCase() as LevelOfQuality) : undefined;
  if (loq === undefined || !levelsOfQuality.includes(loq)) complain("loq", `must be ${levelsOfQuality.join(", ")}`);
  if (given.polycount !== undefined && !(Number.isSafeInteger(given.polycount) && given.polycount > 0)) {
    complain("polycount", "must be a whole number above 0");
  }
  for (const side of ["heightCm", "widthCm", "depthCm"] as const) {
    const length = given[side];
    if (length !== undefined && !(typeof length === "number" && Number.isFinite(length) && length > 0)) {
      complain(side, "must be a length above 0, in centimetres");
    }
  }
  for (const id of ["projectId", "studioId"] as const) {
    const value: unknown = given[id];
    if (value !== undefined && (typeof value !== "string" || value.trim() === "")) complain(id, "must not be empty");
  }
  if (given.test !== undefined && typeof given.test !== "boolean") complain("test", "must be true or false");
  checkSources(given, complain);

  const [field = ""] = Object.keys(problems);
  if (field !== "") {
    const why = Object.entries(problems).map(([name, texts]) => `${name} ${texts.join(" and ")}`);
    throw notSentError({
      code: "argument-invalid",
      message: `Nothing was sent to Kaedim: ${why.join("; ")}.`,
      operation: processOperation,
      fieldErrors: problems,
    });
  }
  const fields = {
    devID: account.devId,
    LoQ: loq,
    polycount: given.polycount,
    height: given.heightCm,
    width: given.widthCm,
    depth: given.depthCm,
    test: given.test,
    projectID: given.projectId,
    studioID: given.studioId ?? account.studioId,
  };
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string | number | boolean] => entry[1] !== undefined),
  );
}

function checkSources(
  given: { imageUrls?: readonly string[] | undefined; images?: readonly unknown[] | undefined },
  complain: (field: string, why: string) => void,
): void {
  const { imageUrls, images } = given;
  if ((imageUrls === undefined) === (images === undefined)) {
    complain("images", "or imageUrls must be given, one of the two");
    return;
  }
  const field = imageUrls === undefined ? "images" : "imageUrls";
  const sources: unknown = imageUrls ?? images;
  if (!Array.isArray(sources)) {
    complain(field, "must be a list");
    return;
  }
  if (sources.length < 1 || sources.length > maxImages) {
    complain(field, `must hold 1 to ${maxImages} images, not ${sources.length}`);
  }
  if (imageUrls === undefined) return;
  for (const [index, address] of sources.entries()) {
    const url = typeof address === "string" ? URL.parse(address) : null;
    if (url === null || !/^https?:$/.test(url.protocol)) {
      complain(`imageUrls.${index}`, "must be an http or https address that Kaedim can reach");
    }
  }
}
