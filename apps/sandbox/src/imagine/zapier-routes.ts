import type { Exchange } from "../hosts/exchange.ts";
import { htmlReply, jsonReply, type Reply } from "../http/reply.ts";
import { pageOf } from "./pages.ts";
import { type ImagineParts, linkLifeMs } from "./parts.ts";
import { renderLinks } from "./render-routes.ts";
import { formatImagineTime, statusAt } from "./timeline.ts";

const zapierRoot = "/users/api/v3";

/**
 * The three older calls at prod.imagine.io, which the collection reaches with a double slash. They know the Zapier token
 * only, need no `Origin` and cost no credits. Undefined for every other path.
 */
export function answerZapier(exchange: Exchange, parts: ImagineParts): Reply | undefined {
  const { settings } = parts;
  const path = exchange.path.replace(/^\/\//, "/");
  const calls: Record<string, () => Reply> = {
    [`${zapierRoot}/zapier/token/`]: () =>
      jsonReply(200, {
        status: true,
        data: { api_key: settings.zapierToken },
        message: "API key fetched successfully.",
      }),
    [`${zapierRoot}/token/verify/`]: () => jsonReply(200, { id: 40_211, name: "sandbox team - 7" }),
    "/rendering-system/api/v3/images-render-detail-zapier/": () => zapierImages(exchange, parts, path),
  };
  const call = calls[path];
  if (call === undefined) return undefined;
  if (exchange.method !== "GET") return htmlReply(405, "<h1>Method Not Allowed</h1>\n", { allow: "GET" });
  const { authorization } = exchange.headers;
  const isOpen =
    path.endsWith("/zapier/token/") && !settings.zapierTokenNeedsAuthorization && authorization === undefined;
  if (!isOpen && authorization !== `Zapier ${settings.zapierToken}`)
    return jsonReply(401, { error: "Invalid API key." });
  exchange.entry.account = "imagine zapier token";
  return call();
}

function zapierImages(exchange: Exchange, parts: ImagineParts, path: string): Reply {
  const { settings, renders, clock } = parts;
  const lifeMs = linkLifeMs(exchange, settings);
  const items = renders
    .all()
    .flatMap((render) => [...render.images].reverse().map((image) => ({ render, image })))
    .filter(({ image }) => statusAt(image.timeline, clock.now()) === "Done" && !image.isArchived)
    .map(({ render, image }) => {
      const { file, filmic_file, color_pass_file } = renderLinks({ render, image, parts, lifeMs });
      return {
        id: image.id,
        angle_name: image.angleName,
        image_name: `Render_${render.renderId}_${image.angleName}`,
        file,
        filmic_file,
        color_pass_file,
        tags: [],
        updated_at: formatImagineTime(image.timeline.at(-1)?.atMs ?? render.createdAtMs),
        created_at: formatImagineTime(render.createdAtMs),
      };
    });
  const url = `${settings.pageLinkOrigin ?? parts.origin()}${path}`;
  const page = pageOf({ items, query: exchange.query, url, pageSize: settings.pageSize });
  return page === undefined ? jsonReply(404, { detail: "Invalid page." }) : jsonReply(200, page);
}
