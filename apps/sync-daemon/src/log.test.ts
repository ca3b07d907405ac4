import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLog, type Log } from "./log.ts";
import { createLogScrubber } from "./log-scrubber.ts";

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
  it("hides ten planted secrets that redaction by path lets through", async () => {
    const text = await written(({ logger }) => {
      logger.info({ req: { headers: { authorization: "Bearer S1" } }, apiKey: "S2", a: { token: "S3" } }, "ok");
      logger.info({ deep: { er: { token: "S4" } } }, "nested two deep");
      logger.info({ url: "https://x/?X-Amz-Signature=S5&token=S6" }, "url");
      logger.error(new Error("request to https://x/?token=S7 failed"));
      logger.info("token is S8");
      const error = new Error("boom");
      Object.assign(error, { config: { headers: { Authorization: "Bearer S9" } } });
      logger.error(error);
      logger.info({ headers: { Cookie: "S10" } }, "case");
    });
    expect(text.trim().split("\n")).toHaveLength(7);
    for (let probe = 1; probe <= 10; probe += 1) expect(text).not.toMatch(new RegExp(`S${probe}\\b`));
    // What is not secret stays readable.
    expect(text).toContain("https://x/?X-Amz-Signature=[hidden]&token=[hidden]");
    expect(text).toContain("nested two deep");
    expect(text).toContain("boom");
  });

  it("hides values it was told about, in any spelling, also those told later", async () => {
    const text = await written(
      (log) => {
        log.logger.info("first correct horse battery");
        log.addSecret("tok/en+42");
        log.logger.warn(
          {
            note: {
              inner: ["a tok/en+42 b", encodeURIComponent("tok/en+42"), Buffer.from("tok/en+42").toString("base64")],
            },
          },
          "told",
        );
      },
      { secrets: ["correct horse battery"] },
    );
    expect(text).not.toContain("horse");
    expect(text).not.toContain("en+42");
    expect(text).not.toContain("en%2B42");
    expect(text).not.toContain(Buffer.from("tok/en+42").toString("base64"));
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

describe("the scrubber", () => {
  it("never lets a known secret through, whatever surrounds it", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 4 }).filter((text) => text.trim().length >= 4 && !"[hidden]".includes(text)),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          const line = JSON.stringify({ msg: before + secret + after, deep: { list: [before, secret] } });
          const scrubbed = JSON.parse(createLogScrubber([secret]).scrubLine(line));
          expect(scrubbed.deep.list[1]).not.toContain(secret);
        },
      ),
    );
  });

  it.each([
    ["GET https://r2.example.com/a.zip?Expires=17&Signature=abcd", ["17", "abcd"]],
    ["https://user:hunter2@proxy.example.com:3128", ["hunter2"]],
    ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.c2ln gone", ["eyJ"]],
    ['{"password":"hunter2"}', ["hunter2"]],
    ["Authorization: Basic dXNlcjpwYXNz", ["dXNlcjpwYXNz"]],
    ["jwt_token=abc&refresh_token=def", ["abc", "def"]],
  ])("hides what looks like a credential: %s", (text, secrets) => {
    const scrubbed = createLogScrubber().scrubLine(JSON.stringify({ msg: text }));
    for (const secret of secrets) expect(scrubbed).not.toContain(secret);
  });

  it("leaves ordinary text alone", () => {
    const line = JSON.stringify({ msg: 'Downloaded "Oak Chair" (12 MB), 2 of 4 left', spends: 2, monkey: "suzanne" });
    expect(createLogScrubber().scrubLine(line)).toBe(`${line}\n`);
  });
});
