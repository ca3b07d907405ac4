import { expect, it } from "vitest";
import { findRepeatedFlushes } from "./repeated-flush.ts";

it("finds a flush that is asked for again, and not one of what was written anew", () => {
  const failed = "71 fsync(12</home/state.db>) = -1 EIO (Input/output error) (INJECTED)";
  const again = "72 fsync(12</home/state.db>) = 0";
  const written = '72 pwrite64(12</home/state.db>, "x", 1, 0) = 1';
  expect(findRepeatedFlushes([failed, again].join("\n"))).toHaveLength(1);
  expect(findRepeatedFlushes([failed, written, again].join("\n"))).toEqual([]);
  expect(findRepeatedFlushes([failed, again].join("\n").replaceAll("state.db", "state.db-wal"))).toEqual([]);
  const anew = '72 openat(AT_FDCWD</work>, "/home/a.part", O_WRONLY|O_CREAT|O_EXCL, 0600) = 14</home/a.part>';
  const other = "71 fsync(14</home/a.part>) = -1 EIO (Input/output error) (INJECTED)";
  expect(findRepeatedFlushes([other, anew, "72 fsync(14</home/a.part>) = 0"].join("\n"))).toEqual([]);
});
