import crypto from "node:crypto";
import fs from "node:fs";

let depth = 0;

/** Is a call of the simulation's own under way? Node's functions call each other by their exported names. */
export function isOwnCall(): boolean {
  return depth > 0;
}

type Anything = (...parameters: unknown[]) => unknown;

function asOwnCall(call: Anything): Anything {
  return (...parameters) => {
    depth += 1;
    try {
      return call(...parameters);
    } finally {
      depth -= 1;
    }
  };
}

/** Taken before anything is replaced: the simulation's own hands, which no fault and no crash reaches. */
export const real = Object.fromEntries(
  Object.entries(fs)
    .filter(([name, call]) => typeof call === "function" && /Sync$|^fsync$/.test(name))
    .map(([name, call]) => [name, asOwnCall(call as Anything)]),
) as unknown as typeof fs;
export const realCrypto = { randomBytes: crypto.randomBytes, randomUUID: crypto.randomUUID };
export const RealDate = globalThis.Date;
export const realTimers = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
};
