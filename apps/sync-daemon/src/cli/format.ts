/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(durationMs: number): string {
  const seconds = durationMs / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A moment as written where the person lives. Text that is no time is shown as it is. */
export function formatTime(isoTime: string): string {
  const date = new Date(isoTime);
  if (Number.isNaN(date.getTime())) return isoTime;
  return date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** `1 asset`, `3 assets`; the plural is given where it is not made with an s. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** Names come from a shop and from archives: nothing in them may steer the terminal. */
export function cleanText(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) =>
    character === "\n" || character === "\t" ? " " : "\ufffd",
  );
}

/** Columns side by side, two blanks apart; those whose header ends in `:` are set to the right. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cleaned = [header.map((name) => name.replace(/:$/, "")), ...rows.map((row) => row.map(cleanText))];
  const widths = header.map((_, column) => Math.max(...cleaned.map((row) => row[column]?.length ?? 0)));
  return cleaned.map((row) =>
    row
      .map((cell, column) =>
        header[column]?.endsWith(":") ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

/** Lines of at most `width` characters, broken at blanks; a longer word, such as a path, keeps a line of its own. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
