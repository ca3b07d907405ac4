// What the reliability suites found, as the text of docs/reliability.md. Pure: rows in, Markdown out.

/** @param {{ rows: readonly any[], commit: string, source: string }} run `source`: how it was made, one sentence. */
export function reliabilityTable({ rows, commit, source }) {
  const sorted = joinParts(rows).toSorted(
    (a, b) => testNumber(a.test) - testNumber(b.test) || a.what.localeCompare(b.what),
  );
  const ran = sorted.filter((row) => row.skipped === undefined);
  const skipped = sorted.filter((row) => row.skipped !== undefined);
  const lines = [
    "# Reliability: what was injected, and what came of it",
    "",
    `${source} Commit ${commit}.`,
    "The tests are numbered as in the reliability plan. A suite counts only injections that were seen to happen.",
    "Repeat one run with `RELIABILITY_SEED=SEED pnpm test:nightly FILE`.",
    "",
    "| test | what was injected | counts of | injections | wrong outcomes | spends above one | seed | seconds | also |",
    "| --- | --- | --- | --: | --: | --: | --: | --: | --- |",
    ...ran.map(
      (row) =>
        `| ${row.test} | ${row.what} | a ${row.level === "nightly" ? "night" : row.level} | ${row.injections.toLocaleString("en")} | ${row.wrong} | ${row.secondSpends ?? "–"} | ${row.seed ?? "–"} | ${(row.ms / 1000).toFixed(0)} | ${row.note ?? ""} |`,
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

/** Tests of one suite that each told a part of the same row. */
function joinParts(rows) {
  const joined = new Map();
  for (const row of rows) {
    const key = JSON.stringify([row.test, row.what, row.level, row.seed, row.skipped]);
    const before = joined.get(key);
    const sum = (field) => (row[field] === null ? null : before[field] + row[field]);
    joined.set(
      key,
      before === undefined
        ? row
        : {
            ...row,
            injections: sum("injections"),
            wrong: sum("wrong"),
            secondSpends: sum("secondSpends"),
            ms: sum("ms"),
          },
    );
  }
  return [...joined.values()];
}
