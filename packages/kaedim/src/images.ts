import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { notSentError, processOperation } from "./kaedim-error.ts";
import type { MultipartFile } from "./multipart.ts";

/** A stream has no name and no size of its own. It is read whole before anything is sent, to know both limits kept. */
export interface ImageStream {
  stream: AsyncIterable<Uint8Array | string>;
  /** The file name to send. */
  name?: string | undefined;
}

/** An image: a path (or `file:` URL), a Blob or File, bytes, or a stream (Node's or the web's). */
export type ImageInput = string | URL | Blob | Uint8Array | ImageStream;

/** Source: Kaedim Web API, "up to 6 image urls". */
export const maxImages = 6;

/** Source: Kaedim Web API, "5MB limit per image file"; nobody says which megabyte, so the larger one is let through. */
export const maxImageBytes = 5 * 1024 * 1024;

/** Kaedim's own upload screen refuses more than this for all images together; the document does not. */
export const doubtfulTotalBytes = 5_000_000;

/** Opens every image far enough to know its size and kind; throws before anything is sent. */
export async function openImages(
  images: readonly ImageInput[],
  options: { partName: (index: number) => string; signal: AbortSignal | undefined },
): Promise<MultipartFile[]> {
  const files: MultipartFile[] = [];
  for (const [index, image] of images.entries()) {
    if (options.signal?.aborted) break;
    const field = `images.${index}`;
    const opened = await openImage(image, field, index);
    if (opened.bytes === 0) throw imageError("image-empty", field, `${opened.name} is empty`);
    if (opened.bytes > maxImageBytes) throw tooLarge(field, opened.name);
    files.push({ ...opened, field: options.partName(index), contentType: await contentTypeOf(opened) });
  }
  return files;
}

type OpenedImage = Pick<MultipartFile, "name" | "bytes" | "open">;

async function openImage(image: ImageInput, field: string, index: number): Promise<OpenedImage> {
  const plainName = `image-${index}`;
  if (typeof image === "string" || image instanceof URL) return openPath(image, field);
  if (image instanceof Blob) {
    const name = image instanceof File && image.name !== "" ? image.name : plainName;
    return { name, bytes: image.size, open: () => image.stream() };
  }
  if (image instanceof Uint8Array) return fromBytes(image, plainName);
  if (typeof image === "object" && image !== null && isAsyncIterable(image.stream)) {
    return readStream(image.stream, image.name ?? plainName, field);
  }
  throw imageError("argument-invalid", field, "it is no path, Blob, Uint8Array or { stream }");
}

async function openPath(given: string | URL, field: string): Promise<OpenedImage> {
  if (given instanceof URL && given.protocol !== "file:") {
    throw imageError("argument-invalid", field, `a ${given.protocol} address is no file; give it in imageUrls`);
  }
  if (typeof given === "string" && /^(?:https?|data):/i.test(given)) {
    throw imageError("argument-invalid", field, "a web address is no file; give it in imageUrls");
  }
  const path = typeof given === "string" ? given : fileURLToPath(given);
  const name = basename(path);
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw imageError("image-unreadable", field, `${name} is no file`);
    return { name, bytes: facts.size, open: () => createReadStream(path) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    throw imageError("image-unreadable", field, `${name} cannot be read (${code})`, error);
  }
}

function fromBytes(bytes: Uint8Array, name: string): OpenedImage {
  return {
    name,
    bytes: bytes.byteLength,
    async *open() {
      yield bytes;
    },
  };
}

async function readStream(
  stream: AsyncIterable<Uint8Array | string>,
  name: string,
  field: string,
): Promise<OpenedImage> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      const piece = Buffer.from(chunk as Uint8Array);
      chunks.push(piece);
      bytes += piece.length;
      if (bytes > maxImageBytes) throw tooLarge(field, name);
    }
  } catch (error) {
    if (bytes > maxImageBytes) throw error;
    throw imageError("image-unreadable", field, `the stream of ${name} broke`, error);
  }
  return fromBytes(Buffer.concat(chunks), name);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** Looks at the first bytes, since names lie; what is not known is sent as bytes, for Kaedim to judge. */
async function contentTypeOf(file: OpenedImage): Promise<string> {
  let start = Buffer.alloc(0);
  for await (const chunk of file.open()) {
    start = Buffer.concat([start, chunk]);
    if (start.length >= 12) break;
  }
  const text = start.toString("latin1");
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (/^RIFF[\s\S]{4}WEBP/.test(text)) return "image/webp";
  if (/^GIF8[79]a/.test(text)) return "image/gif";
  return "application/octet-stream";
}

function tooLarge(field: string, name: string) {
  return imageError("image-too-large", field, `${name} has more than the ${maxImageBytes} bytes (5 MB) Kaedim takes`);
}

function imageError(code: string, field: string, why: string, cause?: unknown) {
  return notSentError({
    code,
    message: `Nothing was sent to Kaedim: ${field}: ${why}.`,
    operation: processOperation,
    fieldErrors: { [field]: [why] },
    cause,
  });
}
