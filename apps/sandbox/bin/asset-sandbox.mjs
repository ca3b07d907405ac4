#!/usr/bin/env node
// Plain JavaScript, so that an old Node can still say what is missing instead of failing on the syntax of the sources.
import { existsSync } from "node:fs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 10)) {
  process.stderr.write(`asset-sandbox needs Node 24.10 or newer; this is Node ${process.versions.node}.\n`);
  process.exit(2);
}
const built = new URL("../dist/main.js", import.meta.url);
const source = new URL("../src/main.ts", import.meta.url);
await import(existsSync(built) && !existsSync(source) ? built.href : source.href);
