import type { HttpClient } from "@org/http-core";
import { z } from "zod";
import type { MessageStatus, Open } from "./data-types.ts";
import { displayText, readableText } from "./display-text.ts";
import { refusalOf } from "./imeshh-error.ts";
import { countOf, isRecord, listOf, textOf, webAddressOrNull } from "./php-json.ts";

/** The shop's message to its users. */
export interface ShopMessage {
  readonly schemaVersion: string;
  /** Who is to see it. */
  readonly status: Open<MessageStatus>;
  /** Readable text; empty where there is none. */
  readonly message: string;
  readonly links: readonly { readonly text: string; readonly url: string }[];
  /** How long to wait, after it was seen, before it is shown again. */
  readonly coolDownMs: number;
}

const messageAnswer = z.looseObject({ status: z.unknown() }).transform((answer): ShopMessage => {
  return {
    schemaVersion: textOf(answer.schema_version),
    status: textOf(answer.status) || "none",
    message: readableText(textOf(answer.message)),
    links: (listOf(answer.links) ?? []).flatMap((link) => {
      const url = isRecord(link) ? webAddressOrNull(link.url) : null;
      return url === null || !isRecord(link) ? [] : [{ text: displayText(textOf(link.text)) || url, url }];
    }),
    coolDownMs: coolDownOf(answer.cool_down),
  };
});

/** Fetches the message. Public. Source: the shop's public Blender add-on 1.2.4; the document names the status values only. */
export async function getMessage(
  extensions: HttpClient,
  options: { signal?: AbortSignal | undefined },
): Promise<ShopMessage> {
  const { data } = await extensions.requestJson({
    name: "iMeshh getMessage",
    method: "GET",
    path: "/wp-json/imeshh-api/v1/message",
    repeat: "repeatable",
    schema: messageAnswer,
    signal: options.signal,
    refusal: refusalOf("public", "the message"),
  });
  return data;
}

const unitMs = { weeks: 604_800_000, days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000 };

function coolDownOf(value: unknown): number {
  if (!isRecord(value)) return 0;
  return Object.entries(unitMs).reduce((sum, [unit, ms]) => sum + (countOf(value[unit]) ?? 0) * ms, 0);
}
