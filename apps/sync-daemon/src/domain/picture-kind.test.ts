import { expect, it } from "vitest";
import { pictureKindOf } from "./picture-kind.ts";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

it.each([
  ["\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"],
  ["\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"],
  ["GIF87a", "image/gif"],
  ["GIF89a....", "image/gif"],
  ["RIFF\x10\0\0\0WEBPVP8 ", "image/webp"],
  ["\0\0\0\x1cftypavif", "image/avif"],
  ["\0\0\0\x1cftypavis", "image/avif"],
  ['<svg xmlns="http://www.w3.org/2000/svg">', undefined],
  ['<?xml version="1.0"?><svg>', undefined],
  ["<!DOCTYPE html>", undefined],
  [" \x89PNG\r\n\x1a\n", undefined],
  ["\x89PNG", undefined],
  ["GIF8xa", undefined],
  ["RIFF\x10\0\0\0WAVE", undefined],
  ["\0\0\0\x1cftypheic", undefined],
  ["PK\x03\x04", undefined],
  ["%PDF-1.7", undefined],
  ["", undefined],
])("%j is %s", (head, kind) => {
  expect(pictureKindOf(bytes(head))).toBe(kind);
});
