import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type FormPart, formBoundary, readForm } from "./read-form.ts";

const text = (name: string, value: string) =>
  `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const file = (name: string, content: string) =>
  `--B\r\nContent-Disposition: form-data; name="${name}"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n${content}\r\n`;

async function* pieces(body: string, size: number): AsyncIterable<Buffer> {
  const bytes = Buffer.from(body, "latin1");
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function fileOf(name: string, content: string): FormPart {
  const bytes = Buffer.from(content, "latin1");
  const sum = (algorithm: string) => createHash(algorithm).update(bytes).digest("hex");
  return {
    kind: "file",
    name,
    filename: "a.png",
    contentType: "image/png",
    bytes: bytes.length,
    sha256: sum("sha256"),
    md5: sum("md5"),
  };
}

describe("a form", () => {
  const tricky = "\r\n--\r\n--C\r\n-\r\n--";
  const body = `${text("key", "a/b")}${file("file", tricky)}${text("empty", "")}${file("none", "")}--B--\r\n`;

  test.each([1, 2, 3, 7, 64, 100_000])("in pieces of %i bytes", async (size) => {
    expect(await readForm(pieces(body, size), "B")).toEqual({
      parts: [
        { kind: "field", name: "key", value: "a/b" },
        fileOf("file", tricky),
        { kind: "field", name: "empty", value: "" },
        fileOf("none", ""),
      ],
      bytesBeforeFile: body.indexOf(tricky),
      problem: undefined,
    });
  });

  test("as Node's own FormData writes it", async () => {
    const form = new FormData();
    form.append("name", "Füße");
    form.append("images", new Blob(["x".repeat(300_000)], { type: "image/png" }), "a.png");
    const request = new Request("http://127.0.0.1/", { method: "POST", body: form });
    const boundary = formBoundary(request.headers.get("content-type") ?? "") ?? "";
    const { parts, problem } = await readForm(request.body as unknown as AsyncIterable<Buffer>, boundary);
    expect([parts, problem]).toEqual([
      [{ kind: "field", name: "name", value: "Füße" }, fileOf("images", "x".repeat(300_000))],
      undefined,
    ]);
  });

  test.each([
    [`${text("key", "a")}`, "ends before the closing boundary"],
    ["", "ends before the closing boundary"],
    ["--Bx\r\n", "neither a line break nor the end"],
    ["--B\r\nContent-Type: a/b\r\n\r\nx\r\n--B--", "no Content-Disposition with a name"],
    [`--B\r\n${"x".repeat(20_000)}`, "headers of a part are too long"],
    [`${text("key", "a".repeat(5_000_000))}--B--`, "field key is longer"],
  ])("with a fault in it says which: case %#", async (broken, sentence) => {
    expect((await readForm(pieces(broken, 65_536), "B")).problem).toContain(sentence);
  });
});

test("the boundary is read quoted or not, of forms only", () => {
  expect(formBoundary("multipart/form-data; boundary=abc")).toBe("abc");
  expect(formBoundary('Multipart/Form-Data; charset=utf-8; boundary="a b"')).toBe("a b");
  expect(formBoundary("multipart/form-data")).toBeUndefined();
  expect(formBoundary("application/json; boundary=abc")).toBeUndefined();
  expect(formBoundary(undefined)).toBeUndefined();
});
