// What the reliability suites found, as the text of docs/reliability.md. Pure: rows in, Markdown out.

/** @param {{ rows: readonly any[], commit: string, minutes: number, date: string }} run */
export function reliabilityTable({ rows, commit, minutes, date }) {
  const sorted = rows.toSorted((a, b) => testNumber(a.test) - testNumber(b.test) || a.what.localeCompare(b.what));
  const ran = sorted.filter((row) => row.skipped === undefined);
  const skipped = sorted.filter((row) => row.skipped !== undefined);
  const lines = [
    "# Reliability: what was injected, and what came of it",
    "",
    `Written by \`pnpm test:nightly\` on ${date} over commit ${commit}, in ${minutes.toFixed(0)} minutes on 2 cores.`,
    "The tests are numbered as in the reliability plan. A suite counts only injections that were seen to happen.",
    "Repeat one run with `RELIABILITY_SEED=SEED pnpm test:nightly FILE`.",
    "",
    "| test | what was injected | injections | wrong outcomes | spends above one | seed | seconds | also |",
    "| --- | --- | --: | --: | --: | --: | --: | --- |",
    ...ran.map(
      (row) =>
        `| ${row.test} | ${row.what} | ${row.injections.toLocaleString("en")} | ${row.wrong} | ${row.secondSpends ?? "–"} | ${row.seed ?? "–"} | ${(row.ms / 1000).toFixed(0)} | ${row.note ?? ""} |`,
    ),
    "",
  ];
  if (skipped.length > 0) {
    lines.push("Skipped on this machine:", "");
    for (const row of skipped) lines.push(`- ${row.test}, ${row.what}: skipped, because ${row.skipped}.`);
    lines.push("");
  }
  return lines.join("\n");
}

function testNumber(name) {
  return Number(/\d+/.exec(name)?.[0] ?? 99);
}
