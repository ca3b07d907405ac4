import { afterAll, expect, it } from "vitest";
import { isFailureCode } from "../../../src/domain/failure.ts";
import { count, level, runSeed } from "../level.ts";
import { record } from "../record.ts";
import type { SeenAnswer } from "./fault-proxy.ts";
import { sample, type TransferCase, transferCases } from "./transfer-cases.ts";
import { firstProductId, makeTransferScene, type TransferScene } from "./transfer-scene.ts";

/** T7 of the reliability plan: an archive arrives whole or a failure has a name, wherever the connection ends. */
const seed = runSeed();
const perModel = count({ commit: 8, nightly: transferCases().length });
const linkPath = "/wp-json/imeshh/product-information/download-link";
const total = { injections: 0, wrong: 0, secondSpends: 0, failed: 0, startedAt: Date.now() };

/** As many requests for a file as the retry policy sends by itself. */
const mostRequests = 4;

afterAll(() => {
  record({
    test: "T7",
    what: "connection cut at 13 places × FIN, RST, hang × 3 framings, and 96 resumptions, × 4 ways to charge",
    injections: total.injections,
    wrong: total.wrong,
    secondSpends: total.secondSpends,
    seed,
    ms: Date.now() - total.startedAt,
    note: `${total.failed} ended in a named failure first and then came over the same link`,
  });
});

it.each(["link", "first-byte", "completion", "every-request"] as const)(
  "T7: cut transfers end whole or named, and cost one download, where the shop charges by %s",
  async (charging) => {
    const cases = sample(transferCases(), perModel, seed + charging.length);
    const scene = await makeTransferScene({ count: cases.length, silenceSeconds: 1.5, sandbox: { charging } });
    await aim(scene, cases);
    const daemon = await scene.start();

    const first = await daemon.sync();
    const truth = await scene.trueHashes();
    const afterFaults = await scene.installed();
    const problems: string[] = [];
    const failures = new Map(first.failed.map((failure) => [failure.productId, failure.code]));
    const firedFaults = new Set(scene.sandbox.faults().flatMap(({ fault, fired }) => (fired > 0 ? [fault.path] : [])));
    for (const [index, { name, resumes }] of cases.entries()) {
      const productId = firstProductId + index;
      const about = `seed ${seed}, ${charging}, ${name}`;
      const hash = afterFaults.get(productId);
      if (hash === undefined && !isFailureCode(failures.get(productId) ?? "")) problems.push(`${about}: no outcome`);
      if (hash !== undefined && hash !== truth.get(productId)) problems.push(`${about}: another file than the shop's`);
      if (failures.get(productId) === "unexpected") problems.push(`${about}: the failure has no name`);
      const answers = answersFor(scene, index);
      if (answers[0]?.fired !== true) problems.push(`${about}: the fault did not happen`);
      else if (!resumes || tookEffect(answers[1], firedFaults.has(`*${scene.markOf(index)}*`))) total.injections += 1;
      else problems.push(`${about}: the second answer was not what was to be tried`);
      if (answers.length > mostRequests) problems.push(`${about}: ${answers.length} requests by itself`);
    }
    total.failed += failures.size;

    // Afterwards the line is good, and what is paid for comes without another link.
    scene.proxy.clear();
    scene.sandbox.clearFaults();
    const waiting = [...failures.keys()];
    if (waiting.length > 0) {
      const { products } = await daemon.get(waiting);
      for (const product of products) {
        if (product.spent !== 0) problems.push(`${charging}: ${product.product} cost another download`);
      }
    }
    const installed = await scene.installed();
    const counted = scene.sandbox.counters();
    const ledger = new Map((await daemon.quota()).products.map((row) => [row.productId, row.spent + row.inDoubt]));
    for (const [index, { name }] of cases.entries()) {
      const productId = firstProductId + index;
      const about = `seed ${seed}, ${charging}, ${name}`;
      if (installed.get(productId) !== truth.get(productId)) problems.push(`${about}: it never came`);
      const links = scene.sandbox.requests({ path: linkPath }).filter((request) => request.productId === productId);
      if (links.length !== 1 || ledger.get(productId) !== 1) {
        total.secondSpends += 1;
        problems.push(`${about}: ${links.length} links, ${ledger.get(productId)} in the ledger`);
      }
      const expected = charging === "every-request" ? answersFor(scene, index).length : 1;
      if (counted[productId] !== expected) problems.push(`${about}: the shop counted ${counted[productId]}`);
    }
    expect((await daemon.verify()).damaged).toEqual([]);
    total.wrong += problems.length;
    expect(problems).toEqual([]);
  },
  level() !== "commit" ? 400_000 : 120_000,
);

async function aim(scene: TransferScene, cases: readonly TransferCase[]): Promise<void> {
  for (const [index, { rules, faults }] of cases.entries()) {
    const mark = scene.markOf(index);
    const bytes = (await scene.trueBytes(index)).length;
    for (const rule of rules({ path: mark, bytes })) scene.proxy.aim(rule);
    for (const fault of faults(`*${mark}*`)) scene.fault(fault);
  }
}

/** Was the request for the rest answered as the case wants it, or at least asked for, where nothing else is wrong with it? */
function tookEffect(second: SeenAnswer | undefined, isHostAtFault: boolean): boolean {
  return second !== undefined && (second.fired || isHostAtFault || /\r\nrange: bytes=/i.test(second.head));
}

const answersFor = (scene: TransferScene, index: number) =>
  scene.proxy.seen.filter(({ target }) => target.includes(scene.markOf(index)));
