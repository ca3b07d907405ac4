import { afterAll, expect, it } from "vitest";
import { isFailureCode } from "../../../src/domain/failure.ts";
import { count, level, runSeed } from "../level.ts";
import { record } from "../record.ts";
import { damageCases } from "./damage-cases.ts";
import { sample } from "./transfer-cases.ts";
import { firstProductId, makeTransferScene } from "./transfer-scene.ts";

/** T8 of the reliability plan: bytes that are not the shop's never get into the library, and cost no second download. */
const seed = runSeed();
const perModel = count({ commit: 3, nightly: damageCases().length });
const linkPath = "/wp-json/imeshh/product-information/download-link";
const total = { injections: 0, wrong: 0, secondSpends: 0, startedAt: Date.now() };

afterAll(() => {
  record({
    test: "T8",
    what: "one byte flipped in headers, data and directory, lying lengths and encodings; once and again and again, × 4 ways to charge",
    injections: total.injections,
    wrong: total.wrong,
    secondSpends: total.secondSpends,
    seed,
    ms: Date.now() - total.startedAt,
  });
});

const models = ["link", "first-byte", "completion", "every-request"] as const;

it("knows sixty ways", () => {
  expect(new Set(damageCases().map(({ name }) => name)).size).toBe(60);
});

it.each(models)(
  "T8: an answer that is damaged once is found out, and the archive comes over the same link for who asks, where the shop charges by %s",
  async (charging) => {
    const cases = sample(damageCases(), perModel, seed + charging.length);
    const scene = await makeTransferScene({ count: cases.length, silenceSeconds: 2, sandbox: { charging } });
    for (const [index, { rule }] of cases.entries()) {
      scene.proxy.aim({ path: scene.markOf(index), ...rule(await scene.trueBytes(index)) });
    }
    const daemon = await scene.start();
    const first = await daemon.sync();
    scene.proxy.clear();
    const failures = new Map(first.failed.map(({ productId, code }) => [productId, code]));
    // Taken for meant, so it is neither fetched again nor paid for again by itself (I9).
    const unsafe = new Set([...failures].flatMap(([id, code]) => (code === "archive-unsafe-path" ? [id] : [])));
    const waiting = [...failures.keys()].filter((id) => !unsafe.has(id));
    const later = waiting.length > 0 ? (await daemon.get(waiting)).products : [];
    const truth = await scene.trueHashes();
    const installed = await scene.installed();
    const counted = scene.sandbox.counters();
    const problems: string[] = [];
    for (const [index, { name }] of cases.entries()) {
      const productId = firstProductId + index;
      const about = `seed ${seed}, ${charging}, ${name}`;
      const answers = scene.proxy.seen.filter(({ target }) => target.includes(scene.markOf(index)));
      if (answers[0]?.fired === true) total.injections += 1;
      else problems.push(`${about}: the fault did not happen`);
      if (unsafe.has(productId)) {
        if (installed.has(productId) || answers.length !== 1) problems.push(`${about}: not left alone`);
        if (!/in the directory's name$/.test(name)) problems.push(`${about}: taken for meant`);
      } else if (installed.get(productId) !== truth.get(productId)) {
        problems.push(`${about}: not the shop's bytes, after ${failures.get(productId)}`);
      }
      const code = failures.get(productId);
      if (code !== undefined && (!isFailureCode(code) || code === "unexpected")) problems.push(`${about}: ${code}`);
      const links = scene.sandbox.requests({ path: linkPath }).filter((request) => request.productId === productId);
      if (links.length !== 1) {
        total.secondSpends += 1;
        problems.push(`${about}: ${links.length} links`);
      }
      const expected = charging === "every-request" ? answers.length : 1;
      if (counted[productId] !== expected) problems.push(`${about}: the shop counted ${counted[productId]}`);
    }
    for (const { product, spent } of later) if (spent !== 0) problems.push(`${product} cost ${spent} more`);
    expect((await daemon.verify()).damaged).toEqual([]);
    total.wrong += problems.length;
    expect(problems).toEqual([]);
  },
  level() !== "commit" ? 180_000 : 90_000,
);

it.each(models)(
  "T8: a zip that is damaged is not fetched again by itself, where the shop charges by %s",
  async (charging) => {
    // Only flips: what is wrong with a frame is told before a byte is kept, and tried again like a broken connection.
    const cases = sample(
      damageCases().filter(({ name }) => /^one byte flipped in the (data|end record)/.test(name)),
      count({ commit: 1, nightly: 8 }),
      seed + charging.length,
    );
    const scene = await makeTransferScene({ count: cases.length, silenceSeconds: 2, sandbox: { charging } });
    for (const [index, { rule }] of cases.entries()) {
      const archive = await scene.trueBytes(index);
      scene.proxy.aim({ path: scene.markOf(index), ...rule(archive), times: 50 });
    }
    const daemon = await scene.start();
    const first = await daemon.sync();
    const again = await daemon.sync();
    expect(first.failed.map(({ productId }) => productId).toSorted()).toEqual(
      cases.map((_, index) => firstProductId + index),
    );
    for (const { code } of first.failed)
      expect(code).toMatch(/^archive-(damaged|incomplete|not-zip|unsupported|encrypted)$/);
    expect(again).toMatchObject({ committed: 0, spent: 0 });
    for (const [index] of cases.entries()) {
      const answers = scene.proxy.seen.filter(({ target }) => target.includes(scene.markOf(index)));
      expect(answers.length, `seed ${seed}, case ${index}`).toBe(1);
      expect(answers.every(({ fired }) => fired)).toBe(true);
    }
    total.injections += cases.length;
    expect(scene.sandbox.requests({ path: linkPath })).toHaveLength(cases.length);
    expect(await scene.assets()).toEqual([]);
  },
  180_000,
);
