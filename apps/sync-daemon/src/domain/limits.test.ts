import { describe, expect, it } from "vitest";
import { expectRoom, roomOfFiles } from "./limits.ts";

const megabyte = 1024 * 1024;
const need = (bytes: number, files: number) => ({ bytes, files });

describe("expectRoom", () => {
  it("takes the version before as the measure of the next one", () => {
    const previous = { archive: need(900 * megabyte, 3), extracted: need(2_000 * megabyte, 400) };
    const { archive, extracted } = expectRoom({ previous, keptArchiveBytes: [1] });
    expect(archive.bytes).toBe(900 * megabyte);
    expect(extracted).toEqual(need(2_000 * megabyte, 400));
  });

  it("takes the mean of what was kept for a first version, for the archive and again for its files", () => {
    const { archive, extracted } = expectRoom({
      previous: null,
      keptArchiveBytes: [100 * megabyte, 300 * megabyte],
    });
    expect([archive.bytes, extracted.bytes]).toEqual([200 * megabyte, 200 * megabyte]);
  });

  it("never takes nothing to be enough", () => {
    const { archive, extracted } = expectRoom({ previous: null, keptArchiveBytes: [] });
    expect([archive.bytes, extracted.bytes]).toEqual([16 * megabyte, 16 * megabyte]);
    expect(extracted.files).toBeGreaterThan(0);
  });
});

describe("roomOfFiles", () => {
  it("counts whole blocks: ten thousand small files take more than their bytes", () => {
    const { bytes, files } = roomOfFiles(Array.from({ length: 10_000 }, () => ({ bytes: 100 })));
    expect(bytes).toBeGreaterThan(10_000 * 4096);
    expect(files).toBeGreaterThan(10_000);
  });
});
