import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Origins } from "../host-name.ts";
import type { Provider } from "../hosts/provider.ts";
import { parseStrictly } from "../parse-strictly.ts";
import { answerMedia } from "./media.ts";
import { createMediaLinks } from "./media-links.ts";
import { contentStatuses, createProducts, finishProduct, type Product } from "./products.ts";
import { createRenders, type Render } from "./renders.ts";
import { answerImagine } from "./routes.ts";
import { answerBucket, createBucket, type StoredObject, type UploadFailure } from "./s3/bucket.ts";
import { s3ErrorCodes } from "./s3/xml-error.ts";
import {
  type ContentType,
  contentTypes,
  type ImagineSettings,
  imagineDefaults,
  imagineSettingsSchema,
} from "./settings.ts";
import { formatImagineTime, statusAt } from "./timeline.ts";

/** What `startSandbox` takes under `imagine`. */
export const imagineOptionsSchema = imagineSettingsSchema.partial().extend({
  outcomes: imagineSettingsSchema.shape.outcomes.partial().optional(),
  upload: imagineSettingsSchema.shape.upload.partial().optional(),
});

const statusText = z.string().min(1);
const failureSchema = z.strictObject({
  code: z.enum(s3ErrorCodes as [(typeof s3ErrorCodes)[number]]),
  times: z.int().positive().optional(),
  status: z.int().min(200).max(599).optional(),
  afterStoring: z.boolean().optional(),
  endpoint: z.string().optional(),
});

/** What `PATCH /_sandbox/state` takes under `imagine`: settings, and what may be changed besides. */
export const imaginePatchSchema = imagineOptionsSchema.extend({
  /** The allowed domains of every key. */
  domains: z.array(z.string().min(1)).optional(),
  products: z
    .array(
      z.strictObject({
        unicode: z.string(),
        /** Status per type; of all its images where there are several. */
        statuses: z.partialRecord(z.enum(contentTypes), statusText).optional(),
        /** Everything that was requested reaches its outcome now. */
        finish: z.literal(true).optional(),
        uploadStatus: z.enum(["1", "2"]).optional(),
        salsifyId: z.string().nullable().optional(),
      }),
    )
    .optional(),
  renders: z
    .array(z.strictObject({ renderId: z.int(), status: statusText.optional(), finish: z.literal(true).optional() }))
    .optional(),
  /** The next uploads meet these errors. */
  uploadFailures: z.array(failureSchema).optional(),
});
export type ImaginePatch = z.input<typeof imaginePatchSchema>;

/** A product as the state shows it. */
export interface ImagineProductReport {
  id: number;
  unicode: string;
  name: string | null;
  skuId: string | null;
  gtin: string | null;
  salsifyId: string | null;
  createdAt: string;
  uploadStatus: "1" | "2";
  modelKey: string;
  thumbnailKey: string | null;
  statuses: ReturnType<typeof contentStatuses>;
}

export interface ImagineRenderReport {
  renderId: number;
  skuIds: (string | null)[];
  images: { id: number; angleName: string; status: string; isArchived: boolean }[];
}

export interface ImagineState {
  settings: ImagineSettings;
  credits: number;
  /** Newest first; those that nobody deleted. */
  products: ImagineProductReport[];
  renders: ImagineRenderReport[];
  objects: StoredObject[];
  uploadFailures: UploadFailure[];
}

/** The Imagine of a running sandbox, as a test drives it. */
export interface ImagineControl {
  /** What a client needs: the first key of each kind and the first domain. */
  credentials(): { secretKey: string; publicKey: string; domain: string; zapierToken: string };
  /** Changes settings; a wrong patch throws `InvalidInputError` and changes nothing. */
  configure(patch: z.input<typeof imagineOptionsSchema>): void;
  credits(): number;
  setCredits(credits: number): void;
  products(): ImagineProductReport[];
  /** A product whose upload is complete, without the calls. */
  addProduct(product?: { name?: string; skuId?: string; gtin?: string; modelFileName?: string }): ImagineProductReport;
  /** Everything that was requested of the product reaches its outcome now. */
  finishProduct(unicode: string): void;
  /** The status of one type from now on; `index` picks one of several images. */
  setStatus(unicode: string, type: ContentType, status: string, index?: number): void;
  renders(): ImagineRenderReport[];
  finishRender(renderId: number): void;
  setRenderStatus(renderId: number, status: string, index?: number): void;
  /** What was uploaded: size and sums, not the bytes. */
  objects(): StoredObject[];
  /** The next uploads meet this error of S3, after those that were asked for before. */
  failUploads(failure: UploadFailure): void;
}

export interface Imagine extends Provider {
  control: ImagineControl;
  state(): ImagineState;
  /** Checks what the schema cannot, and gives the function that applies the patch. */
  preparePatch(patch: z.output<typeof imaginePatchSchema>): () => void;
}

export function createImagine(given: {
  clock: Clock;
  origins: Origins;
  /** Signs links and upload forms. */
  secret: string;
  settings: z.output<typeof imagineOptionsSchema>;
  isStrict: () => boolean;
}): Imagine {
  const { clock, origins, secret } = given;
  const settings = structuredClone(imagineDefaults);
  const products = createProducts();
  const renders = createRenders(products.nextImageId);
  const bucket = createBucket({ secret, origin: () => origins.imagineS3 });
  const links = createMediaLinks({ clock, secret, origin: () => origins.imagineMedia });
  applySettings(settings, given.settings);

  const productReport = (product: Product): ImagineProductReport =>
    structuredClone({
      id: product.id,
      unicode: product.unicode,
      name: product.name,
      skuId: product.skuId,
      gtin: product.gtin,
      salsifyId: product.salsifyId,
      createdAt: formatImagineTime(product.createdAtMs),
      uploadStatus: product.uploadStatus,
      modelKey: product.modelKey,
      thumbnailKey: product.thumbnailKey,
      statuses: contentStatuses(product, settings, clock.now()),
    });
  const renderReport = ({ renderId, products: placed, images }: Render): ImagineRenderReport => ({
    renderId,
    skuIds: placed.map(({ skuId }) => skuId),
    images: images.map(({ id, angleName, timeline, isArchived }) => ({
      id,
      angleName,
      status: statusAt(timeline, clock.now()),
      isArchived,
    })),
  });
  const fixed = (status: string) => () => [{ atMs: clock.now(), status }];

  const preparePatch: Imagine["preparePatch"] = (patch) => {
    const { domains, products: productChanges = [], renders: renderChanges = [], uploadFailures, ...changed } = patch;
    const found = productChanges.map((change) => ({ change, product: products.get(change.unicode) }));
    for (const { renderId } of renderChanges) renders.get(renderId);
    return () => {
      applySettings(settings, changed);
      if (domains !== undefined) for (const key of settings.keys) key.domains = [...domains];
      if (uploadFailures !== undefined) bucket.failures = structuredClone(uploadFailures);
      for (const { change, product } of found) {
        if (change.uploadStatus !== undefined) product.uploadStatus = change.uploadStatus;
        if (change.salsifyId !== undefined) product.salsifyId = change.salsifyId;
        if (change.finish === true) finishProduct(product, clock.now());
        for (const type of contentTypes) {
          const status = change.statuses?.[type];
          if (status !== undefined) products.changeContent(product, type, fixed(status));
        }
      }
      for (const { renderId, status, finish } of renderChanges) {
        if (finish === true) renders.finish(renderId, clock.now());
        if (status !== undefined) renders.change(renderId, fixed(status));
      }
    };
  };
  const change = (wanted: ImaginePatch) =>
    preparePatch(parseStrictly(imaginePatchSchema, wanted, "Imagine", Object.keys(imaginePatchSchema.shape)))();

  const control: ImagineControl = {
    credentials() {
      const keyOf = (prefix: string) =>
        settings.keys.find(({ key, revoked }) => key.startsWith(prefix) && !revoked)?.key ?? "";
      const domain = settings.keys.find(({ domains }) => domains.length > 0)?.domains[0] ?? "";
      return { secretKey: keyOf("sk_"), publicKey: keyOf("pk_"), domain, zapierToken: settings.zapierToken };
    },
    configure: change,
    credits: () => settings.credits,
    setCredits: (credits) => change({ credits }),
    products: () => products.living().map(productReport),
    addProduct({ name, skuId, gtin, modelFileName = "model.glb" } = {}) {
      const product = products.create({ name, skuId, gtin, modelFileName, thumbnailName: null }, clock.now());
      product.uploadStatus = "2";
      return productReport(product);
    },
    finishProduct: (unicode) => change({ products: [{ unicode, finish: true }] }),
    setStatus: (unicode, type, status, index) =>
      products.changeContent(products.get(unicode), type, fixed(status), index),
    renders: () => renders.all().map(renderReport),
    finishRender: (renderId) => change({ renders: [{ renderId, finish: true }] }),
    setRenderStatus: (renderId, status, index) => renders.change(renderId, fixed(status), index),
    objects: () => structuredClone([...bucket.objects.values()]),
    failUploads(failure) {
      bucket.failures.push({ ...parseStrictly(failureSchema, failure, "Failure", Object.keys(failureSchema.shape)) });
    },
  };

  const parts = { clock, settings, products, renders, bucket, links, origin: () => origins.imagine };
  return {
    answers: {
      imagine: (exchange) => answerImagine(exchange, parts),
      imagineS3: (exchange) =>
        answerBucket(exchange, { bucket, clock, chunked: settings.upload.chunked, strict: given.isStrict() }),
      imagineMedia: (exchange) => answerMedia(exchange, links),
    },
    secrets: () => [
      ...settings.keys.map(({ key }) => ({
        name: key.startsWith("sk_") ? "the Imagine secret key" : "the Imagine public key",
        value: key,
        hosts: ["imagine"] as const,
      })),
      { name: "the Imagine Zapier token", value: settings.zapierToken, hosts: ["imagine"] },
    ],
    state: () => ({
      settings: structuredClone(settings),
      credits: settings.credits,
      products: control.products(),
      renders: control.renders(),
      objects: control.objects(),
      uploadFailures: structuredClone(bucket.failures),
    }),
    preparePatch,
    control,
    close: () => Promise.resolve(),
  };
}

function applySettings(settings: ImagineSettings, changes: z.output<typeof imagineOptionsSchema>): void {
  const { outcomes, upload, ...rest } = structuredClone(changes);
  for (const [target, values] of [
    [settings, rest],
    [settings.outcomes, outcomes ?? {}],
    [settings.upload, upload ?? {}],
  ] as const) {
    Object.assign(target, Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)));
  }
}
