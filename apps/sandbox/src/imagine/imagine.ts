import type { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Origins } from "../host-name.ts";
import type { Provider } from "../hosts/provider.ts";
import { parseStrictly } from "../parse-strictly.ts";
import {
  type ImagineControl,
  type ImaginePatch,
  type ImagineProductReport,
  type ImagineRenderReport,
  type ImagineState,
  type imagineOptionsSchema,
  imaginePatchSchema,
  uploadFailureSchema,
} from "./control.ts";
import { answerMedia } from "./media.ts";
import { createMediaLinks } from "./media-links.ts";
import { contentStatuses, createProducts, finishProduct, type Product } from "./products.ts";
import { createRenders, type Render } from "./renders.ts";
import { answerImagine } from "./routes.ts";
import { answerBucket, createBucket } from "./s3/bucket.ts";
import { contentTypes, type ImagineSettings, imagineDefaults } from "./settings.ts";
import { formatImagineTime, statusAt } from "./timeline.ts";

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
      bucket.failures.push({
        ...parseStrictly(uploadFailureSchema, failure, "Failure", Object.keys(uploadFailureSchema.shape)),
      });
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
