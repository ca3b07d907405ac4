import { bufferContent, type Content } from "./content.ts";

/** What a host answers, before any fault spoils it. */
export interface Reply {
  status: number;
  /** Names in lower case. `content-length` is added when the reply is sent. */
  headers: Record<string, string>;
  body: ReplyBody;
  /** Called once the last byte of the body was handed over. */
  whenSent?: () => void;
}

/** A slice of some content: `start` up to, not including, `end`. */
export interface ReplyBody {
  content: Content;
  start: number;
  end: number;
}

export function wholeBody(content: Content): ReplyBody {
  return { content, start: 0, end: content.length };
}

export function bytesBody(bytes: Buffer): ReplyBody {
  return wholeBody(bufferContent(bytes, 0));
}

export function textReply(
  status: number,
  contentType: string,
  text: string,
  headers: Record<string, string> = {},
): Reply {
  return { status, headers: { "content-type": contentType, ...headers }, body: bytesBody(Buffer.from(text, "utf8")) };
}

export function jsonReply(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return textReply(status, "application/json; charset=UTF-8", JSON.stringify(value), headers);
}

export function htmlReply(status: number, html: string, headers: Record<string, string> = {}): Reply {
  return textReply(status, "text/html; charset=utf-8", html, headers);
}

export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
