import { describe, expect, it } from "vitest";
import { formatCsv } from "./csv.ts";

const cell = (value: string | number | null) => formatCsv(["a"], [[value]]).slice("a\r\n".length, -"\r\n".length);

describe("a table for other programs", () => {
  it("has a header, and every line ends in CR LF", () => {
    expect(
      formatCsv(
        ["id", "title"],
        [
          [1, "Vase"],
          [2, null],
        ],
      ),
    ).toBe("id,title\r\n1,Vase\r\n2,\r\n");
  });

  it.each([
    ["Vase, clay", '"Vase, clay"'],
    ['5" pipe', '"5"" pipe"'],
    ["two\nlines", '"two\nlines"'],
    ["Café", "Café"],
    ["", ""],
  ])("quotes what needs it: %j", (value, written) => {
    expect(cell(value)).toBe(written);
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])("lets no text become a formula: %j", (value) => {
    expect(cell(value)).toBe(`'${value}`);
  });

  it("shows what a terminal would take for commands", () => {
    expect(cell("a\u001b[31mb\u009b")).toBe("a\ufffd[31mb\ufffd");
  });

  it("guards a formula that needs quotes as well, and leaves numbers alone", () => {
    expect(cell('=HYPERLINK("http://example.com","x")')).toBe(`"'=HYPERLINK(""http://example.com"",""x"")"`);
    expect(cell(-1)).toBe("-1");
  });
});
