import { describe, expect, it } from "vitest";
import { beginsLikeWebPage, type DownloadRequestFacts, judgeDownloadAnswer } from "./judge-download-answer.ts";

const first: DownloadRequestFacts = {
  offset: 0,
  totalBytes: undefined,
  validator: undefined,
  expectedBytes: undefined,
  maxBytes: 1_000,
  requireLength: true,
  names: ["/a/archive.zip", "/home/x/archive.zip"],
};
const later: DownloadRequestFacts = { ...first, offset: 40, totalBytes: 100, validator: { etag: '"1"' } };
const part = (range: string, more: Record<string, string> = {}) => ({ "content-range": range, ...more });

describe("judgeDownloadAnswer", () => {
  it.each<[string, number, Record<string, string>, DownloadRequestFacts, object]>([
    ["a whole file", 200, { "content-length": "100" }, first, { take: "body", start: 0, totalBytes: 100, end: 100 }],
    ["a whole file again", 200, { "content-length": "90" }, later, { take: "body", start: 0, totalBytes: 90, end: 90 }],
    [
      "no length, allowed",
      200,
      {},
      { ...first, requireLength: false },
      { take: "body", start: 0, totalBytes: undefined, end: undefined },
    ],
    [
      "no length, but known",
      200,
      {},
      { ...first, requireLength: false, expectedBytes: 7 },
      { take: "body", start: 0, totalBytes: 7, end: 7 },
    ],
    [
      "a length that chunks contradict",
      200,
      { "content-length": "5", "transfer-encoding": "chunked" },
      first,
      { take: "wrong", code: "length-missing" },
    ],
    [
      "the rest",
      206,
      part("bytes 40-99/100", { "content-length": "60", etag: '"1"' }),
      later,
      { take: "body", start: 40, totalBytes: 100, end: 100 },
    ],
    ["some of the rest", 206, part("bytes 40-49/100"), later, { take: "body", start: 40, end: 50 }],
    ["a part shifted", 206, part("bytes 41-99/100"), later, { take: "start-over" }],
    ["a part of another total", 206, part("bytes 40-99/101"), later, { take: "start-over" }],
    ["a part of an unknown total", 206, part("bytes 40-99/*"), later, { take: "start-over" }],
    ["a part of another version", 206, part("bytes 40-99/100", { etag: '"2"' }), later, { take: "start-over" }],
    [
      "a part of another length",
      206,
      part("bytes 40-99/100", { "content-length": "61" }),
      later,
      { take: "start-over" },
    ],
    ["a part that is nowhere", 206, {}, later, { take: "start-over" }],
    ["a part nobody asked for", 206, part("bytes 0-99/100"), first, { take: "wrong", code: "range-unexpected" }],
    ["416, and everything is here", 416, part("bytes */40"), { ...later, totalBytes: undefined }, { take: "nothing" }],
    ["416 of another length", 416, part("bytes */40"), later, { take: "start-over" }],
    [
      "416 of another version",
      416,
      part("bytes */40", { etag: '"2"' }),
      { ...later, totalBytes: 40 },
      { take: "start-over" },
    ],
    ["416 without having asked", 416, {}, first, { take: "refusal" }],
    ["identity said aloud", 200, { "content-length": "1", "content-encoding": "identity" }, first, { take: "body" }],
    [
      "a packed part",
      206,
      part("bytes 40-99/100", { "content-encoding": "br" }),
      later,
      { take: "wrong", code: "content-encoded" },
    ],
    ["403", 403, {}, later, { take: "refusal" }],
    ["304", 304, {}, later, { take: "refusal" }],
    ["203", 203, { "content-length": "1" }, first, { take: "wrong", code: "content-missing" }],
    [
      "XML for a zip",
      200,
      { "content-length": "1", "content-type": "application/xml" },
      first,
      { take: "wrong", code: "unexpected-content" },
    ],
    [
      "XML for XML",
      200,
      { "content-length": "1", "content-type": "text/xml" },
      { ...first, names: ["/a.XML"] },
      { take: "body" },
    ],
    ["plain text", 200, { "content-length": "1", "content-type": "text/plain" }, first, { take: "body" }],
  ])("%s", (_name, status, headers, facts, expected) => {
    expect(judgeDownloadAnswer(status, headers, facts)).toMatchObject(expected);
  });
});

describe("beginsLikeWebPage", () => {
  it.each([
    ["<!DOCTYPE html>", true],
    ["\ufeff \n<html lang=en>", true],
    ["PK\u0003\u0004<html>", false],
    ["<svg>", false],
    ["", false],
  ])("%s", (text, expected) => {
    expect(beginsLikeWebPage(Buffer.from(text), ["a.zip"])).toBe(expected);
    expect(beginsLikeWebPage(Buffer.from(text), ["a.HTML"])).toBe(false);
  });
});
