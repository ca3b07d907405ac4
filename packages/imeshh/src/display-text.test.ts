import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayText, looksLikeHtml, readableText } from "./display-text.ts";

describe("displayText", () => {
  it.each([
    ["Lamps &amp; Lighting", "Lamps & Lighting"],
    ["Caf&eacute; &#8211; 2&#xD7;", "Café – 2×"],
    ["Once only: &amp;amp;", "Once only: &amp;"],
    ["  Étagère Øst  ", "Étagère Øst"],
    ["&#0;&#27;[31mred", "� [31mred"],
    ["gpj.\u202eexe", "gpj. exe"],
    ["R&D", "R&D"],
    ["Tom & Jerry", "Tom & Jerry"],
    ["", ""],
  ])("%j is %j", (served, shown) => {
    expect(displayText(served)).toBe(shown);
  });
});

describe("readableText", () => {
  it.each([
    ["<strong>Error:</strong> no <em>way</em>!", "Error: no way!"],
    ["<p>One</p><p>Two</p>", "One Two"],
    ["1 < 2 and 3 > 2", "1 < 2 and 3 > 2"],
    ["a<!-- hidden -->b", "a b"],
    ["<script>alert('<b>')</script>gone", "gone"],
    ["&lt;b&gt; stays text", "<b> stays text"],
    ["", ""],
  ])("%j is %j", (html, text) => {
    expect(readableText(html)).toBe(text);
  });

  it("is short and has no control characters, whatever comes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (text) => {
        const readable = readableText(text);
        expect(readable.length).toBeLessThanOrEqual(300);
        expect(readable).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });

  it.each(["<".repeat(1_000_000), "<!--".repeat(250_000), "<script>".repeat(125_000), "&".repeat(1_000_000)])(
    "is quick with a page made to be slow",
    (page) => {
      expect(readableText(page).length).toBeLessThanOrEqual(300);
    },
  );
});

it.each([
  ["<!DOCTYPE html><html>", true],
  ["\n <html lang='en'>", true],
  ["{}", false],
  ["<b>hello</b>", false],
  ["", false],
])("looksLikeHtml(%j) is %s", (text, answer) => {
  expect(looksLikeHtml(text)).toBe(answer);
});
