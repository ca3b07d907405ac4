/** One value of a table. Numbers are written as they are, null is an empty field. */
export type CsvValue = string | number | null;

/**
 * A table as RFC 4180 has it: CR LF at each line's end, quotes where they are needed. A text that a spreadsheet would take
 * for a formula gets an apostrophe before it: titles come from outside.
 */
export function formatCsv(header: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  const lines = [formatLine(header)];
  for (const row of rows) lines.push(formatLine(row));
  return lines.join("");
}

function formatLine(values: readonly CsvValue[]): string {
  return `${values.map(formatValue).join(",")}\r\n`;
}

function formatValue(value: CsvValue): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const harmless = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
