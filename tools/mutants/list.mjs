// The bugs that `pnpm test:mutants` plants. `find` must stand in `file` exactly once.

const daemon = "apps/sync-daemon/src";

/** @type {readonly { name: string, file: string, find: string, replace: string, tests: readonly string[] }[]} */
export const mutants = [
  {
    name: "host-not-checked",
    file: `${daemon}/api/guard.ts`,
    find: "if (hosts.length !== 1 || host === undefined || !ownHosts.includes(host.toLowerCase())) {",
    replace: "if (host === undefined) {",
    tests: [`${daemon}/api/guard.test.ts`],
  },
  {
    name: "origin-not-checked",
    file: `${daemon}/api/guard.ts`,
    find: 'if (valuesOf(request, "origin").some((origin) => origin.toLowerCase() !== `http://${host.toLowerCase()}`)) {',
    replace: 'if (host === "") {',
    tests: [`${daemon}/api/guard.test.ts`],
  },
  {
    name: "crc-of-large-entries-not-checked",
    file: `${daemon}/archive/write-entries.ts`,
    find: "if (sum !== entry.crc32)",
    replace: "if (sum === -1)",
    tests: [`${daemon}/archive/extract-archive.test.ts`],
  },
  {
    name: "crc-of-small-entries-not-checked",
    file: `${daemon}/archive/write-entries.ts`,
    find: "if (crc32(content) !== entry.crc32)",
    replace: "if (crc32(content) === -1)",
    tests: [`${daemon}/archive/extract-archive.test.ts`, "apps/sync-daemon/test/hostile-archives"],
  },
  {
    name: "case-not-folded",
    file: `${daemon}/domain/path-segment.ts`,
    find: "      .toLowerCase()\n      .toUpperCase()\n",
    replace: "",
    tests: ["apps/sync-daemon/test/hostile-archives/hostile-archives.test.ts"],
  },
  {
    name: "content-range-start-not-compared",
    file: "packages/http-core/src/judge-download-answer.ts",
    find: "if (range.start !== facts.offset)",
    replace: "if (range.start < 0)",
    tests: ["packages/http-core/src/download-file.test.ts", "packages/http-core/src/download-faults.test.ts"],
  },
  {
    name: "content-range-total-not-compared",
    file: "packages/http-core/src/judge-download-answer.ts",
    find: "if (range.total === undefined || range.total !== facts.totalBytes) {",
    replace: "if (range.total === undefined) {",
    tests: ["packages/http-core/src/judge-download-answer.test.ts"],
  },
  {
    name: "length-not-required",
    file: "packages/http-core/src/judge-download-answer.ts",
    find: "if (facts.requireLength)",
    replace: "if (facts.requireLength && facts.offset < 0)",
    tests: ["packages/http-core/src/download-faults.test.ts", "packages/http-core/src/download-refusals.test.ts"],
  },
  {
    name: "mass-missing-not-noticed",
    file: `${daemon}/domain/mass-missing.ts`,
    find: "if (missing <= toleratedMissing && (missing <= 2 || missing * 2 <= committed)) return null;",
    replace: "if (committed >= 0) return null;",
    tests: ["apps/sync-daemon/test/end-to-end.test.ts"],
  },
  {
    name: "intent-not-written-before-the-question",
    file: `${daemon}/store/spends.ts`,
    find: "database.afterCommit(() => ledgerFile.follow([after]));\n      return spendOf(after);",
    replace: "return spendOf(after);",
    tests: [`${daemon}/store/spends.test.ts`, `${daemon}/store/ledger.property.test.ts`],
  },
];
