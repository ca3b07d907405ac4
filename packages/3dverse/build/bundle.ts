// Makes the dist that is published: one module with everything in it but Node's own, and declarations that need nothing
// else installed. tsc has written its declarations to dist/ before.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const folder = fileURLToPath(new URL("..", import.meta.url));
const dist = join(folder, "dist");
const shared = "@org/http-core/policy";
const sharedDist = join(folder, "../http-core/dist");

const build = await rolldown({
  input: join(folder, "src/index.ts"),
  platform: "node",
  external: /^node:/,
  resolve: { conditionNames: ["@org/source", "import", "module", "node", "default"] },
  // zod and ours say so themselves; anything else is not in here.
  treeshake: { moduleSideEffects: false },
});
const { output } = await build.write({
  file: join(dist, "index.js"),
  format: "esm",
  comments: { annotation: true, legal: true, jsdoc: false },
});
await build.close();
/** What may be in the bundle; each stands in THIRD-PARTY.md. */
const bundled = /[\\/](packages[\\/](3dverse|http-core)[\\/]src|node_modules[\\/]zod)[\\/]|^\0/;

for (const { imports, moduleIds } of output.filter((one) => one.type === "chunk")) {
  const foreign = imports.filter((name) => !name.startsWith("node:"));
  const unnamed = moduleIds.filter((id) => !bundled.test(id));
  if (unnamed.length > 0) throw new Error(`The bundle holds ${unnamed[0]}, which THIRD-PARTY.md does not name.`);
  if (foreign.length > 0)
    throw new Error(`The bundle imports ${foreign.join(", ")}, which nobody will have installed.`);
}

const kept = new Set([join(dist, "index.js")]);
await keepDeclaration(join(dist, "index.d.ts"));
for (const entry of await readdir(dist, { withFileTypes: true, recursive: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !kept.has(path)) await rm(path);
}

/** Keeps a declaration and what it imports; those of http-core are copied beside it. */
async function keepDeclaration(path: string): Promise<void> {
  if (kept.has(path)) return;
  kept.add(path);
  const inShared = path.startsWith(join(dist, "http-core"));
  if (inShared) {
    await mkdir(dirname(path), { recursive: true });
    await copyFile(join(sharedDist, relative(join(dist, "http-core"), path)), path);
  }
  const text = await readFile(path, "utf8");
  const home = relative(dirname(path), join(dist, "http-core/policy/index.js")).split(sep).join("/");
  const own = text.replaceAll(`"${shared}"`, `"${home.startsWith(".") ? home : `./${home}`}"`);
  if (own !== text) await writeFile(path, own);
  for (const [, name = ""] of own.matchAll(/(?:\bfrom|\bimport\()\s*"([^"]+)"/g)) {
    if (name.startsWith(".")) await keepDeclaration(join(dirname(path), name.replace(/\.[jt]s$/, ".d.ts")));
    else if (!name.startsWith("node:")) throw new Error(`${path} needs the types of ${name}, which nobody will have.`);
  }
}
