import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { WatchedEvent } from "../api/contract/activity.ts";
import { formatBytes } from "../domain/byte-size.ts";
import { exitStatusOfCodes } from "./exit-status.ts";
import { explainError } from "./explain-error.ts";
import { cleanText, formatDuration, formatTable } from "./format.ts";
import { parseDuration, parseMoment } from "./parse-time.ts";
import { createProgress, describeEvent, formatBars } from "./progress.ts";

describe("sizes and times", () => {
  it.each([
    [0, "0 MB"],
    [300, "1 kB"],
    [40_000, "40 kB"],
    [400_000, "0.4 MB"],
    [12_340_000, "12.3 MB"],
    [260_400_000, "260 MB"],
    [1_200_000_000, "1.2 GB"],
  ])("%i bytes are %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [400, "0.4 s"],
    [12_400, "12 s"],
    [200_000, "3 min 20 s"],
    [7_500_000, "2 h 5 min"],
  ])("%i ms are %s", (durationMs, text) => expect(formatDuration(durationMs)).toBe(text));
});

describe("durations a person writes", () => {
  it.each([
    ["90s", 90_000],
    ["30m", 1_800_000],
    ["30 min", 1_800_000],
    ["1h", 3_600_000],
    ["1h30m", 5_400_000],
    ["0.5d", 43_200_000],
    ["2D", 172_800_000],
    ["0h", undefined],
    ["h", undefined],
    ["5", undefined],
    ["-1h", undefined],
    ["1h or so", undefined],
    ["", undefined],
  ])("%j is %s", (written, durationMs) => expect(parseDuration(written)).toBe(durationMs));
});

describe("moments a person writes", () => {
  // Local times on both sides, so that the test holds wherever it runs.
  const nowMs = new Date(2026, 6, 1, 10, 0).getTime();
  it.each([
    ["tomorrow", new Date(2026, 6, 2, 0, 0)],
    ["18:30", new Date(2026, 6, 1, 18, 30)],
    ["9:00", new Date(2026, 6, 2, 9, 0)],
    ["10:00", new Date(2026, 6, 2, 10, 0)],
    ["2026-08-01", new Date(2026, 7, 1, 0, 0)],
    ["2026-08-01T09:00", new Date(2026, 7, 1, 9, 0)],
    ["2026-08-01T09:00:00Z", new Date(Date.UTC(2026, 7, 1, 9, 0))],
  ])("%j is %s", (written, date) => expect(parseMoment(written, nowMs)).toBe(date.getTime()));

  it.each(["soon", "25:00", "8", "2026-13-40", ""])("%j is none", (written) =>
    expect(parseMoment(written, nowMs)).toBeUndefined(),
  );
});

describe("text on a terminal", () => {
  it("cannot be steered by names", () => {
    expect(cleanText("a\u001b[2J\u009b\u202eb\nc\td")).toBe("a\ufffd[2J\ufffd\ufffdb c d");
    expect(cleanText("Étagère Øst 木 🪑")).toBe("Étagère Øst 木 🪑");
    expect(formatTable(["Name", "Size:"], [["a\u001b[31m", "1"]]).join("")).not.toContain("\u001b");
  });

  it("stands in columns", () => {
    expect(
      formatTable(
        ["Name", "Number:", ""],
        [
          ["Chair", "7", ""],
          ["A", "132602", "x"],
        ],
      ),
    ).toEqual(["Name   Number", "Chair       7", "A      132602  x"]);
  });
});

describe("bars", () => {
  const transfer = { title: "Oak", bytes: 30_000_000, totalBytes: 120_000_000, bytesPerSecond: 3_200_000 };

  it("show each download and all of them together", () => {
    expect(formatBars([transfer], 100)).toEqual(["Oak  [#####...............]  25 %  30.0 MB of 120 MB  3.2 MB/s"]);
    expect(formatBars([transfer, { ...transfer, title: "Lamp\u001b[2J", bytes: 120_000_000 }], 100)).toEqual([
      "Oak       [#####...............]  25 %  30.0 MB of 120 MB  3.2 MB/s",
      "Lamp\ufffd[2J  [####################] 100 %  120 MB of 120 MB  3.2 MB/s",
      "Together  [#############.......]  62 %  150 MB of 240 MB  6.4 MB/s",
    ]);
  });

  it("tell only what is known, and fit the terminal", () => {
    expect(formatBars([{ ...transfer, totalBytes: null }], 100)).toEqual(["Oak  30.0 MB  3.2 MB/s"]);
    expect(formatBars([], 100)).toEqual([]);
    expect(formatBars(Array(20).fill(transfer), 40)).toHaveLength(10);
    for (const line of formatBars(Array(20).fill({ ...transfer, title: "x".repeat(100) }), 40))
      expect(line.length).toBeLessThan(40);
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("are repainted in place below what is done, and taken away at the end", () => {
    vi.useFakeTimers();
    const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 100 }) as unknown as NodeJS.WriteStream;
    const written = () => String(stream.read() ?? "");
    const progress = createProgress(stream);
    progress.show({ type: "download-started", productId: 1, title: "Oak", resumed: false });
    progress.show({ type: "download-progressed", productId: 1, ...transfer });
    expect(written()).toBe("");
    vi.advanceTimersByTime(100);
    expect(written()).toBe("Oak  [#####...............]  25 %  30.0 MB of 120 MB  3.2 MB/s\n");
    progress.show({ type: "download-failed", productId: 2, title: "Lamp", code: "x", message: "No." });
    expect(written()).toBe(
      "\u001b[1A\r\u001b[JNot done: Lamp. No.\nOak  [#####...............]  25 %  30.0 MB of 120 MB  3.2 MB/s\n",
    );
    progress.end();
    expect(written()).toBe("\u001b[1A\r\u001b[J");
  });
});

describe("lines for what happened", () => {
  it.each<[WatchedEvent, string | undefined]>([
    [{ type: "sync-started" }, undefined],
    [{ type: "download-started", productId: 1, title: "Oak", resumed: true }, "Going on with Oak."],
    [
      { type: "catalog-replaced", products: 1, skipped: 2 },
      "News from the shop: 1 product, 2 of its records are no product on offer.",
    ],
    [{ type: "library-found", assetType: "fx" }, "The library iMeshh-Effects is back."],
    [
      { type: "config-changed", applied: ["log.level"], needsRestart: ["api.port"] },
      "The configuration changed (in use from now on: log.level; after a restart: api.port).",
    ],
    [
      { type: "config-refused", message: "a\u001bb" },
      "The changed configuration cannot be used, so nothing changes: a\ufffdb",
    ],
    [
      {
        type: "library-recovered",
        assetType: "model",
        restored: ["a"],
        finished: ["b", "c"],
        unresolved: ["Chair is still open."],
      },
      "What was cut off in iMeshh-Models is in order again: 2 updates finished, 1 old version put back. Chair is still open.",
    ],
  ])("%o", (event, line) => expect(describeEvent(event)).toBe(line));
});

describe("exit statuses", () => {
  it.each([
    [[], 0],
    [["quota-last", "quota-exhausted"], 4],
    [["quota-last", "disk-full"], 1],
    [["something-new"], 1],
    [["library-missing"], 5],
  ])("of %o is %i", (codes, status) => expect(exitStatusOfCodes(codes)).toBe(status));

  it.each([
    ["HomeTakenError", "home-taken", 7],
    ["ConfigError", "config-invalid", 2],
    ["PortTakenError", "port-taken", 2],
    ["TypeError", "unexpected", 1],
    ["AbortError", "stopped", 1],
  ])("of %s is told with %s and %i", (name, code, exitStatus) => {
    const error = Object.assign(new Error("It happened"), { name });
    expect(explainError(error)).toMatchObject({ code, exitStatus, message: expect.any(String) });
  });

  it.each([
    ["ENOSPC", "disk-full", 5],
    ["EACCES", "not-permitted", 5],
    ["EMFILE", "machine-exhausted", 1],
  ])("of a disk that says %s are %s and %i", (errno, code, exitStatus) => {
    const error = Object.assign(new Error("mkdir '/x' failed"), { code: errno });
    expect(explainError(error)).toMatchObject({
      code,
      exitStatus,
      message: expect.stringMatching(/^mkdir '\/x' failed\. .+\.$/),
    });
  });
});
