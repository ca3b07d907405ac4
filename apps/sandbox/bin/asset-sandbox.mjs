#!/usr/bin/env node
// Plain JavaScript, so that an old Node can still say what is missing instead of failing on the syntax of the sources.
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

const oldest = [24, 10];

const fromHere = (path) => new URL(path, import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const isNewEnough = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
const source = fromHere("../src/main.ts");
const pinnedNode = fromHere("../../../tools/pinned-node.mjs");

if (isNewEnough) {
  const built = fromHere("../dist/main.js");
  await import(existsSync(built) && !existsSync(source) ? built.href : source.href);
} else if (existsSync(source) && existsSync(pinnedNode)) {
  // A checkout brings its own Node.
  const { reexecWithPinnedNode } = await import(pinnedNode.href);
  await reexecWithPinnedNode(fileURLToPath(import.meta.url), process.argv.slice(2));
} else {
  process.stderr.write(
    `asset-sandbox needs Node ${oldest.join(".")} or newer, and this is ${process.versions.node}; install a newer one from nodejs.org.\n`,
  );
  process.exitCode = 2;
}
