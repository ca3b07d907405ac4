import { createHttpClient, type HttpSettings, looseArray, type Paginated } from "@org/http-core";
import { z } from "zod";
import { createCredits } from "./credits.ts";
import { callApi, type ImagineApi } from "./imagine-api.ts";
import { addressOrNull, countOrNull, textOrNull } from "./json-values.ts";
import { type ListPage, listPages } from "./pages.ts";
import { writeAnswer } from "./products.ts";

/** The three older calls behind Imagine's Zapier integration: another host, another token. Experimental. */
export interface ImagineZapierSettings {
  /** From Settings, API, Generate Token. It goes to `baseUrl` and nowhere else. */
  token: string;
  /** Default `https://prod.imagine.io`, the collection's. */
  baseUrl?: string | undefined;
  http?: HttpSettings | undefined;
}

/** The key of the integration: a secret. */
export interface ZapierToken {
  readonly apiKey: string;
  readonly message: string;
}

/** Who the token belongs to. */
export interface ZapierAccount {
  readonly id: number | null;
  readonly name: string | null;
}

/** A rendered image. URLs are signed and end. */
export interface ZapierImage {
  readonly id: number | null;
  readonly angleName: string | null;
  readonly imageName: string | null;
  readonly file: string | null;
  readonly filmicFile: string | null;
  readonly colorPassFile: string | null;
  readonly tags: readonly string[];
  /** As served, with its zone. */
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly other: Readonly<Record<string, unknown>>;
}

interface Signal {
  signal?: AbortSignal | undefined;
}

/** Every method rejects with `ApiError`. Whether these calls cost credits, nobody says. */
export interface ImagineZapier {
  getToken(options?: Signal): Promise<ZapierToken>;
  /** All images of the account, newest first, 20 to a page. */
  listImages(options?: Signal): Paginated<ZapierImage, ListPage<ZapierImage>>;
  verifyToken(options?: Signal): Promise<ZapierAccount>;
}

/** Source: collection, variable `host_url`. */
export const defaultZapierBaseUrl = "https://prod.imagine.io";

const zapierImage = z
  .looseObject({
    id: countOrNull,
    angle_name: textOrNull,
    image_name: textOrNull,
    file: addressOrNull,
    filmic_file: addressOrNull,
    color_pass_file: addressOrNull,
    tags: looseArray(z.string()).catch({ items: [], skipped: [] }),
    created_at: textOrNull,
    updated_at: textOrNull,
  })
  .transform((record): ZapierImage => {
    const { id, angle_name, image_name, file, filmic_file, color_pass_file, tags, created_at, updated_at, ...other } =
      record;
    return {
      id,
      angleName: angle_name,
      imageName: image_name,
      file,
      filmicFile: filmic_file,
      colorPassFile: color_pass_file,
      tags: tags.items,
      createdAt: created_at,
      updatedAt: updated_at,
      other,
    };
  });

/** Builds a client of the Zapier calls; nothing is sent. Throws a `TypeError` for settings that cannot work. */
export function createImagineZapier(settings: ImagineZapierSettings): ImagineZapier {
  const { token } = settings;
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    throw new TypeError("token must be a text without spaces, as Imagine's settings show it");
  }
  const api: ImagineApi = {
    // The collection's URLs have two slashes after the host, one of them from its variable.
    http: createHttpClient({
      origin: (settings.baseUrl ?? defaultZapierBaseUrl).replace(/\/+$/, ""),
      http: settings.http,
    }),
    keys: { headersFor: () => ({ authorization: `Zapier ${token}` }), secrets: () => [token] },
    credits: createCredits(undefined),
  };
  const shared = { access: "read", method: "GET", asked: "zapier" } as const;

  return {
    async getToken({ signal } = {}) {
      const { data } = await callApi(api, {
        ...shared,
        operation: "Imagine Zapier getToken",
        path: "/users/api/v3/zapier/token/",
        schema: writeAnswer(z.looseObject({ api_key: z.string().min(1) })),
        subject: "the token of the Zapier integration",
        signal,
      });
      return { apiKey: data.data.api_key, message: data.message };
    },
    listImages: ({ signal } = {}) =>
      listPages(api, {
        ...shared,
        operation: "Imagine Zapier listImages",
        path: "/rendering-system/api/v3/images-render-detail-zapier/",
        subject: "the list of images",
        item: zapierImage,
        creditBudget: undefined,
        signal,
      }),
    async verifyToken({ signal } = {}) {
      const { data } = await callApi(api, {
        ...shared,
        operation: "Imagine Zapier verifyToken",
        path: "/users/api/v3/token/verify/",
        schema: z.looseObject({ id: countOrNull, name: textOrNull }),
        subject: "the token",
        signal,
      });
      return { id: data.id, name: data.name };
    },
  };
}
