#!/usr/bin/env node
// Plain JavaScript for Node 18 and newer, so that an older one can say what is missing instead of stumbling.
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";

const oldest = [24, 10];

const fromHere = (path) => new URL(path, import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const isNewEnough = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
const isCheckout = existsSync(fromHere("../src/main.ts"));
const pinnedNode = fromHere("../../../tools/pinned-node.mjs");

if (isNewEnough && !isCheckout) {
  await import(fromHere("../dist/main.js").href);
} else if (isNewEnough) {
  // In a checkout the workspace's packages run from source as well, without a build.
  nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: [...context.conditions, "@org/source"] }),
  });
  await import(fromHere("../src/main.ts").href);
} else if (isCheckout && existsSync(pinnedNode)) {
  const { reexecWithPinnedNode } = await import(pinnedNode.href);
  await reexecWithPinnedNode(fileURLToPath(import.meta.url), process.argv.slice(2));
} else {
  process.stderr.write(
    `asset-sync needs Node ${oldest.join(".")} or newer, and this is ${process.versions.node}; install a newer one from nodejs.org.\n`,
  );
  process.exitCode = 2;
}
