import type { Exchange } from "../hosts/exchange.ts";
import type { ProcessOrder, UploadedImage } from "./requests.ts";
import type { KaedimSettings } from "./settings.ts";

/** The fields of a `process` call, as JSON or form brought them, before they are judged. */
export interface ProcessFields {
  values: Record<string, unknown>;
  imageUrls: unknown[];
  images: UploadedImage[];
}

type Read = { fields: ProcessFields } | { reason: string };

/** Reads the body of `process`; the reason says what cannot be read. */
export function readProcessFields(exchange: Exchange, settings: KaedimSettings): Read {
  const contentType = exchange.headers["content-type"] ?? "";
  if (exchange.form !== undefined) return readForm(exchange.form, settings);
  if (contentType.startsWith("multipart/form-data")) return { reason: "a multipart body without a boundary" };
  if (!contentType.startsWith("application/json")) return { reason: "a missing or unknown Content-Type" };
  if (!settings.imageUrlForms.includes("json-body")) return { reason: "a JSON body, which is not understood here" };
  try {
    const value: unknown = JSON.parse(exchange.body.toString("utf8"));
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return { reason: "a body that is no object" };
    const values = value as Record<string, unknown>;
    const imageUrls = values.imageUrls;
    if (values.images !== undefined) return { reason: "images inside a JSON body; files must be sent as multipart" };
    if (imageUrls !== undefined && !Array.isArray(imageUrls)) return { reason: "imageUrls not being an array" };
    return { fields: { values, imageUrls: imageUrls ?? [], images: [] } };
  } catch {
    return { reason: "a body that is not JSON" };
  }
}

function readForm(form: NonNullable<Exchange["form"]>, settings: KaedimSettings): Read {
  if (form.problem !== undefined) return { reason: `a malformed form (${form.problem})` };
  const values: Record<string, unknown> = {};
  const imageUrls: unknown[] = [];
  const images: UploadedImage[] = [];
  for (const part of form.parts) {
    if (part.kind === "file") {
      if (!isImagePartName(part.name, settings.imagePartName))
        return { reason: `an unexpected file part "${part.name}"` };
      const { name, filename, contentType, bytes, sha256 } = part;
      images.push({ partName: name, filename, contentType, bytes, sha256 });
    } else if (part.name === "imageUrls" || part.name === "imageUrls[]") {
      const urls = readUrlPart(part.value, settings);
      if (urls === undefined) return { reason: "imageUrls in a form that is not understood here" };
      imageUrls.push(...urls);
    } else if (part.name in values) {
      return { reason: `the field ${part.name} being sent twice` };
    } else {
      values[part.name] = fieldValue(part.name, part.value);
    }
  }
  return { fields: { values, imageUrls, images } };
}

function readUrlPart(text: string, settings: KaedimSettings): unknown[] | undefined {
  if (text.trimStart().startsWith("[")) {
    if (!settings.imageUrlForms.includes("json-part")) return undefined;
    try {
      return JSON.parse(text) as unknown[];
    } catch {
      return undefined;
    }
  }
  return settings.imageUrlForms.includes("repeated-parts") ? [text] : undefined;
}

function isImagePartName(name: string, allowed: KaedimSettings["imagePartName"]): boolean {
  const patterns: Record<KaedimSettings["imagePartName"], RegExp> = {
    images: /^images$/,
    image: /^image$/,
    "image-N": /^image-\d+$/,
    imageN: /^image\d+$/,
    any: /^(?:images(?:\[\])?|image(?:-?\d+)?)$/,
  };
  return patterns[allowed].test(name);
}

/** Texts of a form as the values that JSON would bring. */
function fieldValue(name: string, text: string): unknown {
  if (name === "test" && (text === "true" || text === "false")) return text === "true";
  if (["polycount", "height", "width", "depth"].includes(name) && text.trim() !== "") return Number(text);
  if (text === "null" || (text === "" && name === "projectID")) return null;
  return text;
}

export type JudgedOrder = { order: ProcessOrder } | { status: 400 | 406; reason: string };

/** The default height in centimetres, by the document. */
const defaultHeight = 200;

/** Judges the fields of `process` by the document's table; 406 is for the level of quality alone. */
export function judgeOrder(fields: ProcessFields, settings: KaedimSettings): JudgedOrder {
  const { values, imageUrls, images } = fields;
  const refuse = (reason: string): JudgedOrder => ({ status: 400, reason });
  const { LoQ: loq } = values;
  if (loq !== "standard" && loq !== "high" && loq !== "ultra") return { status: 406, reason: "LoQ" };
  const imageCount = imageUrls.length + images.length;
  if (imageCount === 0) return refuse("missing images; imageUrls or images is required");
  if (imageCount > 6) return refuse("too many images; at most 6 are allowed");
  const badUrl = imageUrls.find((url) => typeof url !== "string" || !/^https?:\/\/[^/]/.test(url));
  if (badUrl !== undefined) return refuse(`an invalid image URL (${String(badUrl)})`);
  const big = images.find(({ bytes }) => bytes > settings.maxImageBytes);
  if (big !== undefined) return refuse(`an image larger than ${settings.maxImageBytes} bytes (${big.filename})`);
  if (images.some(({ bytes }) => bytes === 0)) return refuse("an empty image");
  const total = images.reduce((sum, { bytes }) => sum + bytes, 0);
  if (settings.maxRequestBytes !== null && total > settings.maxRequestBytes)
    return refuse(`images larger than ${settings.maxRequestBytes} bytes together`);
  const numbers: Record<string, number | null> = {};
  for (const name of ["polycount", "height", "width", "depth"]) {
    const value = values[name] ?? null;
    if (value !== null && (typeof value !== "number" || !(value > 0) || !Number.isFinite(value)))
      return refuse(`${name} not being a positive number`);
    numbers[name] = value;
  }
  const test = values.test ?? false;
  if (typeof test !== "boolean") return refuse("test not being a boolean");
  const projectID = values.projectID ?? null;
  if (projectID !== null && !settings.projects.some((project) => project.projectID === projectID))
    return refuse("an unknown projectID");
  const studioID = values.studioID ?? null;
  if (studioID !== null && studioID !== settings.studioId) return refuse("an unknown studioID");
  return {
    order: {
      loq,
      imageUrls: imageUrls as string[],
      images,
      test,
      polycount: numbers.polycount ?? null,
      height: numbers.height ?? defaultHeight,
      width: numbers.width ?? null,
      depth: numbers.depth ?? null,
      projectID: projectID as string | null,
      studioID: studioID as string | null,
    },
  };
}
