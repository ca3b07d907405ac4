import type { FailureCode } from "../../src/domain/failure.ts";

type RefusalCode = Exclude<Extract<FailureCode, `archive-${string}`>, "archive-store-full">;

/** `A01` to `A04`. */
function range(group: string, first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${group}${String(first + index).padStart(2, "0")}`);
}

/** Cases that are refused as a whole, by the code they must be refused with. */
export const refusedCases: Readonly<Record<RefusalCode, readonly string[]>> = {
  "archive-unsafe-path": [
    ...range("A", 1, 25),
    ...range("A", 30, 32),
    ...range("A", 34, 37),
    ...range("B", 1, 11),
    ...range("B", 20, 31),
    "C11",
    "C12",
    "F43",
  ],
  "archive-collision": range("C", 1, 10),
  "archive-unsafe-entry": [...range("D", 1, 8), ...range("D", 10, 12), ...range("D", 15, 18)],
  "archive-too-large": ["E04", "E06", "E07", "E14"],
  "archive-encrypted": [...range("F", 22, 24), "F31"],
  "archive-unsupported": [...range("F", 25, 30), "F32", "F33"],
  "archive-incomplete": range("F", 3, 6),
  "archive-not-zip": ["F07", "F08", "F18"],
  "archive-damaged": [
    ...["E02", "E03", "E05"],
    ...range("E", 8, 12),
    ...range("E", 15, 20),
    ...["F01", "F02"],
    ...range("F", 9, 17),
    "F19",
    ...range("F", 36, 38),
    "F41",
  ],
};

/** Cases that are used, by what they leave on disk, sorted, and by what is left out. */
export const usedCases: Readonly<
  Record<string, { readonly files: readonly string[]; readonly skipped?: readonly string[] }>
> = {
  A26: { files: ["Model/ok.txt", "\uff0e\uff0e\uff0fevil-A26.txt"] },
  A27: { files: ["%2e%2e%2fevil-A27.txt", "Model/ok.txt"] },
  A28: { files: ["Model/ok.txt", "éè.txt"] },
  A29: { files: ["Model/ok.txt", "~/evil-A29.txt"] },
  A33: { files: [`M/${"b".repeat(186)}.txt`, "Model/ok.txt"] },
  B32: { files: ["Model/ok.txt", "PROGRA~1/x.txt"] },
  B33: { files: ["ok.txt"], skipped: ["desktop.ini"] },
  B34: { files: ["ok.txt"], skipped: ["autorun.inf"] },
  B35: { files: ["ok.txt"], skipped: [".DS_Store"] },
  B36: { files: ["ok.txt"], skipped: ["__MACOSX/._x"] },
  B37: { files: ["ok.txt"], skipped: ["Thumbs.db"] },
  C13: { files: ["ok.txt"], skipped: ["blender_assets.cats.txt"] },
  D09: { files: ["Model/ok.txt", "pipe"] },
  D13: { files: ["ok.txt", "tool"] },
  D14: { files: ["ok.txt", "x"] },
  D19: {
    files: ["ok.txt"],
    skipped: ["run.exe", "run.bat", "startup.py", "x.lnk", "y.scr", "z.sh", "q.url"].map((name) => `Model/${name}`),
  },
  D20: { files: ["Model/ok.txt", "inner.zip"] },
  E01: { files: ["flat.exr", "ok.txt"] },
  E13: { files: Array.from({ length: 8 }, (_, index) => `5-${index}.zip`) },
  F20: { files: ["ok.txt"] },
  F21: { files: ["ok.txt"] },
  F34: { files: ["ok.txt", "s.txt"] },
  F35: { files: ["ok.txt", "s.bin"] },
  F39: { files: ["ok.txt", "x"] },
  F40: { files: ["ok.txt", "x"] },
  F42: { files: ["ok.txt"] },
  F44: { files: ["(img src=x onerror=alert(1))'.txt", "ok.txt"] },
};
