import { describe, expect, it } from "vitest";
import { looksLikeHtml, readableText } from "./readable-text.ts";

describe("readableText", () => {
  it.each([
    ["plain", "plain"],
    ["<p>Not <b>allowed</b> &amp; not &lt;here&gt;.</p>", "Not allowed & not <here>."],
    ["<style>p{}</style><script>steal()</script>text<!-- hidden -->", "text"],
    ["<script>never closed", ""],
    ["&amp;lt;", "&lt;"],
    ["a\u001b[2Jb\u202ec\n\td", "a [2Jb c d"],
    ["1 < 2 and 3 > 2", "1 < 2 and 3 > 2"],
  ])("%j is %j", (text, expected) => {
    expect(readableText(text)).toBe(expected);
  });

  it("ends long texts", () => {
    expect(readableText("word ".repeat(1_000))).toMatch(/^.{290,299}…$/);
  });
});

it.each([
  ["<!DOCTYPE html><title>x", true],
  ["  <html>", true],
  ['<?xml version="1.0"?>', true],
  ['{"a": "<html>"}', false],
  ["", false],
])("looksLikeHtml(%j) is %s", (text, expected) => {
  expect(looksLikeHtml(text)).toBe(expected);
});
