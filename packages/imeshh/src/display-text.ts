import { decodeHTML } from "entities";

// Control characters and the marks that reverse the direction of text: feeds come over plain HTTP and are printed on
// terminals.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;
const looksOdd = /[&\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** A name as people should see it: entities decoded once, control characters removed. Never for folders or comparison. */
export function displayText(served: string): string {
  if (!looksOdd.test(served)) return served.trim();
  return decodeHTML(served).replace(unprintable, " ").trim();
}

/** Longer pages say nothing more about why a request was refused. */
const readHtmlLimit = 16_000;
const messageLimit = 300;

/** The readable text of a message that may be HTML, up to a whole page: no tags, entities or control characters, at most 300 characters. */
export function readableText(html: string): string {
  const text = decodeHTML(
    html
      .slice(0, readHtmlLimit)
      .replace(/<!--[\s\S]*?-->/g, " ")
      .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, " ")
      // Inline marks join the words they stand in, everything else separates.
      .replace(/<\/?(?:strong|b|em|i|a|span|code)\b[^<>]*>/gi, "")
      .replace(/<[/!?a-z][^<>]*>/gi, " "),
  )
    .replace(unprintable, " ")
    .replace(/\s+/g, " ")
    .trim();
  return text.length > messageLimit ? `${text.slice(0, messageLimit - 1).trimEnd()}…` : text;
}

/** True for a body that is a page rather than data. */
export function looksLikeHtml(text: string): boolean {
  return /^\s*(?:<!doctype html|<html|<head|<body|<\?xml|<!--)/i.test(text.slice(0, 1_000));
}
