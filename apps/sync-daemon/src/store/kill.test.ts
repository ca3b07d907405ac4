import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, truncateSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { searchCatalog } from "./__fixtures__/search-catalog.ts";
import { createTemporaryHome, type TemporaryHome } from "./__fixtures__/temporary-home.ts";

let home: TemporaryHome;

beforeEach(() => {
  home = createTemporaryHome();
});
afterEach(() => home.remove());

const scriptNamed = (name: string): string => fileURLToPath(new URL(`./__fixtures__/${name}.ts`, import.meta.url));

/** Runs a script on the home until it printed so many lines, kills it with no warning, and returns all it printed. */
async function runUntilKilled(name: string, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [scriptNamed(name), home.folder], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(line);
    if (printed.length === lines) child.kill("SIGKILL");
  }
  await ended;
  return printed;
}

test("kill -9 in the middle of reserving: every spend that was told is there, in database and ledger alike", async () => {
  const told: string[] = [];
  for (const lines of [1, 3, 10, 25, 40]) {
    told.push(...(await runUntilKilled("reserve-until-killed", lines)));
    const spends = new Map(
      home
        .open()
        .spends.list()
        .map((spend) => [spend.id, spend]),
    );
    for (const line of told) {
      const [id, state] = line.split(" ");
      expect(spends.get(Number(id))?.state).toBe(state);
    }
    // A link that was told of is there to go on with.
    for (const spend of spends.values()) {
      const row = home.store.journal.find(spend.downloadRowId);
      expect(row?.state).toBe(spend.state === "confirmed" ? "linked" : "planned");
    }
    home.close();
    expect(readFileSync(home.ledgerPath, "utf8").endsWith("\n")).toBe(true);
  }

  const spends = home.open().spends.list();
  home.close();
  truncateSync(home.path, 0);
  expect(home.open().spends.list()).toEqual(spends);
  expect(home.store.spends.settleLeftovers()).toHaveLength(spends.filter(({ state }) => state === "reserved").length);
});

test("kill -9 in the middle of replacing a catalog: the old one or the new one, whole", async () => {
  for (const lines of [1, 2, 5, 6, 9]) {
    const printed = await runUntilKilled("replace-until-killed", lines);
    const { catalogs, opened } = home.open();
    expect(opened.state).toBe("existing");
    const revision = Number(catalogs.currentRevision());
    expect(revision).toBeGreaterThanOrEqual(Number(printed.at(-1)));
    const products = [...catalogs.listPages()].flat();
    expect(products).toHaveLength(revision % 2 === 0 ? 400 : 300);
    expect(new Set(products.map((product) => product.revision))).toEqual(new Set([String(revision)]));
    expect(searchCatalog(catalogs, { text: "oak" }).total).toBe(products.length);
    expect(catalogs.servedCatalogFile("model")).toBe(String(revision));
    home.close();
  }
});

test("a first start that is killed at any moment is not taken for damage by the second", async () => {
  for (let delayMs = 60; delayMs < 300; delayMs += 20) {
    const fresh = createTemporaryHome();
    try {
      const child = spawn(process.execPath, [scriptNamed("reserve-until-killed"), fresh.folder], { stdio: "ignore" });
      const ended = once(child, "exit");
      await sleep(delayMs);
      child.kill("SIGKILL");
      await ended;
      expect(fresh.open().opened.state).not.toBe("rebuilt");
    } finally {
      fresh.remove();
    }
  }
});
