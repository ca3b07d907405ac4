import { createHash } from "node:crypto";
import { bufferContent } from "../http/content.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { serveContent } from "../http/serve-content.ts";
import { textEntry, writeZip } from "../zip/write-zip.ts";
import type { Exchange } from "./exchange.ts";
import { wordpressNotFound } from "./wordpress.ts";

/** The notice that the vendor's add-on shows. */
export interface Message {
  schema_version: string;
  /** `none`, `active`, `inactive` or `everyone`. */
  status: string;
  message: string;
  links: { text: string; url: string }[];
  cool_down: { weeks: number; days: number; hours: number; minutes: number; seconds: number };
}

export const noMessage: Message = {
  schema_version: "1.0.0",
  status: "none",
  message: "",
  links: [],
  cool_down: { weeks: 0, days: 1, hours: 0, minutes: 0, seconds: 0 },
};

const addOnPath = "/wp-content/uploads/imeshh_asset_manager-1.2.4.zip";
const addOnText = "This stands for the vendor's Blender extension, which is not part of the sandbox.\n";

/** extensions.imeshh.com: the notice and the index of the Blender extension. */
export function answerExtensions(exchange: Exchange, settings: { message: Message; origin: string }): Reply {
  const { method, path } = exchange;
  if (method !== "GET" && method !== "HEAD") return wordpressNotFound(path);
  if (path === "/wp-json/imeshh-api/v1/message") return jsonReply(200, settings.message);
  if (path === "/wp-json/imeshh-api/v1/extension") return jsonReply(200, extensionIndex(settings.origin));
  if (path === addOnPath) {
    const content = bufferContent(addOnArchive(), Date.UTC(2025, 6, 1));
    return serveContent({
      content,
      method,
      headers: exchange.headers,
      replyHeaders: { "content-type": "application/zip" },
    });
  }
  return wordpressNotFound(path);
}

function extensionIndex(origin: string) {
  const archive = addOnArchive();
  return {
    version: "v1",
    blocklist: [],
    data: [
      {
        schema_version: "1.0.0",
        id: "imeshh_asset_manager",
        name: "iMeshh Asset Manager",
        tagline: "Stand-in of the sandbox",
        version: "1.2.4",
        type: "add-on",
        archive_url: `${origin}${addOnPath}`,
        archive_size: archive.length,
        archive_hash: `sha256:${createHash("sha256").update(archive).digest("hex")}`,
        blender_version_min: "4.2.0",
        maintainer: "iMeshh",
        license: ["SPDX:GPL-3.0-or-later"],
      },
    ],
  };
}

function addOnArchive(): Buffer {
  return writeZip([textEntry("README.txt", addOnText)]);
}
