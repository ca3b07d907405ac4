import { describe, expect, it } from "vitest";
import { formatCsv } from "./csv.ts";

describe("formatCsv", () => {
  it("ends each line with CR LF and quotes only what must be", () => {
    const text = formatCsv(
      ["id", "title"],
      [
        [1, "plain"],
        [2, 'a "b", c'],
        [3, "two\nlines"],
        [4, null],
      ],
    );
    expect(text).toBe('id,title\r\n1,plain\r\n2,"a ""b"", c"\r\n3,"two\nlines"\r\n4,\r\n');
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])("disarms %j for spreadsheets", (formula) => {
    const [, field = ""] = /\r\n"?('[\s\S]*?)"?\r\n$/.exec(formatCsv(["title"], [[formula]])) ?? [];
    expect(field).toBe(`'${formula}`);
  });

  it("leaves numbers below zero alone", () => {
    expect(formatCsv(["bytes"], [[-1]])).toBe("bytes\r\n-1\r\n");
  });
});
