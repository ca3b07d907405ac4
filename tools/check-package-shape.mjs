// Every provider package has the files of the first one, so that whoever knows one finds everything in the others.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { root } from "./pinned-node.mjs";

const problems = [];
const packages = readdirSync(join(root, "packages"));

for (const name of packages) {
  const folder = join(root, "packages", name);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const need = (path) => {
    if (!existsSync(join(folder, path))) problems.push(`packages/${name}: ${path} is missing`);
  };
  for (const path of ["README.md", "LICENSE", "src/index.ts", "tsconfig.json", "tsconfig.build.json"]) need(path);
  if (manifest.name !== `@org/${name}`) problems.push(`packages/${name}: the package is called ${manifest.name}`);
  if (manifest.license !== "MIT") problems.push(`packages/${name}: the licence is not MIT`);
  if (manifest.type !== "module" || manifest.sideEffects !== false)
    problems.push(`packages/${name}: must be an ES module without side effects`);
  for (const [dependency, range] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    if (range !== "catalog:" && range !== "workspace:*")
      problems.push(`packages/${name}: ${dependency} is pinned outside the catalog`);
  }
  const index = readFileSync(join(folder, "src", "index.ts"), "utf8");
  if (/export \*/.test(index)) problems.push(`packages/${name}: index.ts must name each public symbol`);
  if (name === "http-core") continue;
  for (const path of [`src/${name}-client.ts`, `src/${name}-error.ts`, "src/__fixtures__"]) need(path);
  const others = Object.keys(manifest.dependencies ?? {}).filter(
    (dependency) => dependency.startsWith("@org/") && dependency !== "@org/http-core",
  );
  if (others.length > 0) problems.push(`packages/${name}: may not depend on ${others.join(", ")}`);
}

for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length === 0) process.stdout.write(`${packages.length} packages have the agreed shape\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
