import { expect, it } from "vitest";
import { createTurns } from "./turns.ts";

it("runs so many at once, and of those that wait the latest first", async () => {
  const turns = createTurns(2);
  const begun: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const ended = gates.map((gate, index) =>
    turns.take(async () => {
      begun.push(index);
      await gate.promise;
    }),
  );
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  gates[0]?.resolve();
  await ended[0];
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 4]);
  for (const { resolve } of gates) resolve();
  await Promise.all(ended);
  expect(begun).toEqual([0, 1, 4, 3, 2]);
  await turns.take(async () => void begun.push(5));
  expect(begun.at(-1)).toBe(5);
});
