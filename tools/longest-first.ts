import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files that take a minute or more by day, or four at night, the longest first (docs/reliability.md says how long).
 *
 * On a fresh clone vitest knows no durations and begins with the largest file: what is short to read and long to run
 * then comes last, and is waited for with one core idle.
 */
export const longest = [
  "apps/sync-daemon/test/reliability/power/power-loss.test.ts",
  "apps/sync-daemon/test/reliability/transfer/cut-transfers.test.ts",
  "apps/sync-daemon/test/reliability/power/ext4-shutdown.nightly.ts",
  "apps/sync-daemon/test/reliability/kill/random-kills.test.ts",
  "apps/sync-daemon/test/reliability/disk/failing-disk.test.ts",
  "apps/sync-daemon/test/reliability/transfer/damaged-archives.test.ts",
  "apps/sync-daemon/test/reliability/transfer/network.test.ts",
  "apps/sync-daemon/test/reliability/simulation/simulation.test.ts",
  "apps/sync-daemon/test/reliability/archives/mutated-archives.test.ts",
  "apps/sync-daemon/test/reliability/disk/disk-while-serving.nightly.ts",
  "apps/sync-daemon/test/end-to-end.test.ts",
  "apps/console/test/without-rules.test.ts",
  "apps/console/test/with-rules.test.ts",
  "apps/sync-daemon/test/hostile-archives/hostile-archives.test.ts",
  "apps/sync-daemon/src/archive/extract-archive.test.ts",
  "apps/sync-daemon/test/reliability/kill/kill-points.test.ts",
  "apps/sync-daemon/src/library/killed-update.test.ts",
];

/** Vitest's own order, with the longest files before all others. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const path = moduleId.replaceAll("\\", "/");
      const place = longest.findIndex((file) => path.endsWith(`/${file}`));
      return place === -1 ? longest.length : place;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
