/**
 * A table as RFC 4180 writes it: a header, lines that end in CR LF, cells in quotes where they hold one of `",` or a line
 * break. A text that a spreadsheet would take for a formula gets a `'` in front, as OWASP advises ("CSV Injection"):
 * titles and evidence are the shop's words. Control characters, which a terminal would obey, become U+FFFD. Numbers are written as they are.
 */
export function formatCsv(header: readonly string[], rows: Iterable<readonly (string | number | null)[]>): string {
  const lines = [header.map(formatCell).join(",")];
  for (const row of rows) lines.push(row.map(formatCell).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

/**
 * The mark by which Excel knows UTF-8. Without it, Excel reads a double-clicked file in the system's own code page and
 * spoils every accent. Programs that read CSV know it.
 */
export const utf8Mark = "\uFEFF";

function formatCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const printable = value.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "\ufffd");
  const text = /^[=+\-@\t\r\n]/.test(printable) ? `'${printable}` : printable;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
