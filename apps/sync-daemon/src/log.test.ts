import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLog, type Log } from "./log.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "asset-sync-log-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function written(
  write: (log: Log) => void,
  options: { secrets?: string[]; level?: "debug" | "info" } = {},
): Promise<string> {
  const log = await createLog({ folder, level: options.level ?? "info", secrets: options.secrets ?? [] });
  write(log);
  await log.close();
  const files = await readdir(folder);
  return (await Promise.all(files.map((name) => readFile(path.join(folder, name), "utf8")))).join("");
}

describe("the log", () => {
  it("writes the fields it knows and names the others", async () => {
    const error = Object.assign(new Error("boom", { cause: new Error("deep") }), {
      code: "EBOOM",
      config: { headers: { "x-custom": "planted-value" } },
    });
    const text = await written(({ logger }) => {
      logger.info({ productId: 7, request: { body: "planted-value" } }, "known and unknown");
      logger.error(error);
      logger.error({ err: "planted text" }, "no error");
    });
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ productId: 7, request: "[not listed]" });
    expect(lines[1]).toMatchObject({
      msg: "boom",
      err: { type: "Error", message: "boom", code: "EBOOM", cause: { message: "deep" } },
    });
    expect(lines[1].err.stack).toContain("log.test.ts");
    expect(text).not.toContain("planted-value");
  });

  it("hides values it was told about, also those told later, and links in whole and in parts", async () => {
    const link = "https://r2.example.com/grants/7f3c9a/Chair.zip?st=QmFzZTY0&until=99";
    const text = await written(
      (log) => {
        log.logger.info("first correct horse battery");
        log.addSecret("tok/en+42");
        log.addLink(link);
        log.logger.warn({ message: "a tok/en+42 b" }, `told ${encodeURIComponent("tok/en+42")}`);
        log.logger.warn(`GET ${link}`);
        log.logger.warn("path /grants/7f3c9a/Chair.zip?st=QmFzZTY0&until=99");
        log.logger.warn("bare /grants/7f3c9a/Chair.zip and ?st=QmFzZTY0&until=99");
      },
      { secrets: ["correct horse battery"] },
    );
    expect(text.trim().split("\n")).toHaveLength(5);
    for (const secret of ["horse", "en+42", "en%2B42", "7f3c9a", "QmFzZTY0"]) expect(text).not.toContain(secret);
  });

  it("writes one line of JSON per call, readable for its owner only, and leaves progress out", async () => {
    const text = await written((log) => {
      log.event({ type: "sync-started" });
      log.event({
        type: "download-progressed",
        productId: 1,
        title: "Chair",
        bytes: 1,
        totalBytes: null,
        bytesPerSecond: 1,
      });
      log.event({ type: "sync-failed", code: "provider-unreachable", message: "No answer." });
      log.setLevel("error");
      log.http.warn({ url: "http://x" }, "left out by its level");
    });
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      ["info", "sync-started"],
      ["warn", "sync-failed"],
    ]);
    const [file] = await readdir(folder);
    expect(file).toBe("asset-sync.1.log");
    if (process.platform !== "win32") expect((await stat(path.join(folder, file ?? ""))).mode & 0o777).toBe(0o600);
  });

  it("escapes what would steer a terminal", async () => {
    const text = await written(({ logger }) => logger.info({ title: "a\u001b[2Jb\u009bc\u202ed\r\nforged" }, "x\ny"));
    expect(text.trim().split("\n")).toHaveLength(1);
    expect(text).not.toMatch(/[\u001b\u009b\u202e\r]/);
    expect(JSON.parse(text).title).toBe("a\u001b[2Jb\u009bc\u202ed\r\nforged");
  });

  it("starts another file when one is full and keeps five", async () => {
    const log = await createLog({ folder, level: "info" });
    const filler = "x ".repeat(500_000);
    const seenSizes = new Map<string, number>();
    const readSizes = async () => {
      for (const name of await readdir(folder)) {
        // An old file may go between the listing and the look.
        const found = await stat(path.join(folder, name)).catch(() => null);
        if (found !== null) seenSizes.set(name, found.size);
      }
      return [...seenSizes.values()].reduce((sum, size) => sum + size, 0);
    };
    // The next file is opened after the line that filled one; a line in between would still go into the full one.
    const isNewestFull = () => {
      const numberOf = (name: string) => Number(/\.(\d+)\.log$/.exec(name)?.[1]);
      const newest = [...seenSizes.keys()].toSorted((left, right) => numberOf(right) - numberOf(left))[0];
      return newest !== undefined && (seenSizes.get(newest) ?? 0) > 10 * 1024 * 1024;
    };
    for (let count = 1; count <= 65; count += 1) {
      log.logger.info({ count }, filler);
      while ((await readSizes()) < count * filler.length || isNewestFull()) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    await log.close();
    await expect.poll(async () => (await readdir(folder)).length).toBe(5);
    expect(await readdir(folder)).not.toContain("asset-sync.1.log");
    expect([...seenSizes.values()].every((size) => size < 12_000_000)).toBe(true);
  });
});
