import { availableParallelism } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tools/longest-first.ts";

// What only a night can afford has a name of its own, so that by day it is not there and does not count as skipped.
const nightly = process.env.RELIABILITY === undefined ? [] : ["apps/*/test/**/*.nightly.ts"];

export default defineConfig({
  resolve: { conditions: ["@org/source", "module", "node", "default"] },
  ssr: { resolve: { conditions: ["@org/source", "module", "node", "default"] } },
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "apps/*/{src,test}/**/*.test.ts", "tools/**/*.test.ts", ...nightly],
    globalSetup: "tools/build-before-tests.mjs",
    // Run by Node itself, as it is run on a person's machine.
    server: { deps: { external: [/\/apps\/sync-daemon\/dist\//] } },
    // What tests start of the sandbox and the examples runs from source.
    env: {
      NODE_OPTIONS: "--conditions=@org/source",
      // The tests start the command hundreds of times, and half of a start is compiling the same sources again.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(import.meta.dirname, "node_modules/.cache/compiled"),
    },
    pool: "forks",
    // By default one core is left for vitest itself, which has little to do: on two cores everything takes twice as long.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    // Only for what hangs: a machine that is busy takes many times what a quiet one does.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
