// Control characters and the marks that reverse the direction of text: messages are printed on terminals.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** Longer pages say nothing more about why a request was refused. */
const readHtmlLimit = 16_000;
const messageLimit = 300;

/** The readable text of a message that may be a page: no tags, no control characters, at most 300 characters. */
export function readableText(text: string): string {
  const readable = text
    .slice(0, readHtmlLimit)
    .replace(/<!--[\s\S]*?-->/g, " ")
    .replace(/<(script|style)\b[^>]*>[\s\S]*?(?:<\/\1\s*>|$)/gi, " ")
    .replace(/<[/!?a-z][^<>]*>/gi, " ")
    .replace(/&nbsp;/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#0?39;|&apos;/g, "'")
    .replace(/&amp;/g, "&")
    .replace(unprintable, " ")
    .replace(/\s+/g, " ")
    .trim();
  return readable.length > messageLimit ? `${readable.slice(0, messageLimit - 1).trimEnd()}…` : readable;
}

/** True for a body that is a page rather than data. */
export function looksLikeHtml(text: string): boolean {
  return /^\s*(?:<!doctype html|<html|<head|<body|<\?xml|<!--)/i.test(text.slice(0, 1_000));
}
