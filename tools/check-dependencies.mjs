// What comes from others: where it may come from, that it cannot change or run anything by itself, how much of it there
// is, and under which licences. The lockfile and the manifests are read as text, the packages as they are installed.
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { isAllowedLicence } from "./allowed-licences.ts";
import { root } from "./pinned-node.mjs";

/**
 * How many packages of others are installed with each published package, all of them counted: what is there (2026-11) and
 * hardly more. Each one more is somebody else who can publish into the machines of artists; raise a number only with the
 * reason in the same commit. The daemon holds most of its in itself, each at the version it was tested with; those are
 * counted by its build/bundle.ts.
 */
const ceilings = {
  "@org/http-core": 24,
  "@org/imeshh": 25,
  "@org/kaedim": 24,
  "@org/imagine": 32,
  "@org/3dverse": 0,
  "@org/sandbox": 2,
  "@org/sync-daemon": 4,
};

const problems = [];
const read = (...path) => readFileSync(join(root, ...path), "utf8");
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

checkLockfile(read("pnpm-lock.yaml"));
checkWorkspace(read("pnpm-workspace.yaml"));
const folders = ["packages", "apps"].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => join(root, group, name)),
);
checkManifests([root, ...folders]);
for (const folder of folders) checkClosure(folder);

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Every package has a checksum, and none comes from anywhere else than the registry. */
function checkLockfile(text) {
  const packages = text.slice(text.indexOf("\npackages:\n"), text.indexOf("\nsnapshots:\n"));
  const entries = packages.split(/\n {2}(?=\S.*:\n)/).slice(1);
  if (entries.length < 10) problems.push("pnpm-lock.yaml: its packages are not found; has its format changed?");
  for (const entry of entries) {
    const name = entry.slice(0, entry.indexOf(":\n"));
    if (!/^ {4}resolution: \{integrity: sha512-[A-Za-z0-9+/]{86}==\}$/m.test(entry))
      problems.push(`pnpm-lock.yaml: ${name} has no sha512 integrity, or comes from somewhere else than the registry`);
  }
  for (const [line, number] of text.split("\n").map((line, index) => [line, index + 1])) {
    if (/^ *deprecated: /.test(line)) continue;
    if (/(?:^|[\s{])(?:tarball|repo|commit|directory): |git\+|codeload|https?:\/\/|[\s'"@(]file:[./]/.test(line))
      problems.push(`pnpm-lock.yaml, line ${number}: names a source of its own: ${line.trim()}`);
  }
  process.stdout.write(`${entries.length} packages in the lockfile, each with its checksum\n`);
}

/** Exact versions, and no script of a dependency. */
function checkWorkspace(text) {
  for (const setting of ["catalogMode: strict", "saveExact: true", "strictDepBuilds: true", "allowBuilds: {}"])
    if (!text.split("\n").includes(setting)) problems.push(`pnpm-workspace.yaml: ${setting} is missing`);
  for (const [, name, version] of text.matchAll(/^ {2,}("?[@\w][^:\n]*"?): +(\S+)$/gm)) {
    if (name.startsWith("-") || /^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version)) continue;
    problems.push(`pnpm-workspace.yaml: ${name} is not pinned to one version: ${version}`);
  }
}

/** Versions stand in the catalog only; nothing of ours runs a script when it is installed. */
function checkManifests(all) {
  for (const folder of all) {
    const manifest = readJson(join(folder, "package.json"));
    const named = relative(root, folder) || "the root";
    for (const kind of ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]) {
      for (const [name, range] of Object.entries(manifest[kind] ?? {}))
        if (range !== "catalog:" && range !== "workspace:*")
          problems.push(`${named}: ${name} is pinned outside the catalog`);
    }
    for (const script of ["preinstall", "install", "postinstall", "prepare", "prepublish"])
      if (manifest.scripts?.[script] !== undefined)
        problems.push(`${named}: the script ${script} would run on its own`);
    for (const kind of ["overrides", "resolutions", "pnpm"])
      if (manifest[kind] !== undefined)
        problems.push(`${named}: ${kind} changes what is installed; it stands in pnpm-workspace.yaml`);
  }
}

function checkClosure(folder) {
  const manifest = readJson(join(folder, "package.json"));
  if (manifest.private === true) return;
  const found = new Map();
  collect(folder, found);
  const foreign = [...found.values()].filter(({ name }) => !name.startsWith("@org/"));
  const ceiling = ceilings[manifest.name];
  if (ceiling === undefined) problems.push(`${manifest.name}: tools/check-dependencies.mjs names no ceiling for it`);
  else if (foreign.length > ceiling)
    problems.push(
      `${manifest.name} brings ${foreign.length} packages along, and ${ceiling} are allowed: ${list(foreign)}`,
    );
  for (const one of foreign) {
    if (!isAllowedLicence(one.licence))
      problems.push(`${one.name}@${one.version}: its licence is ${JSON.stringify(one.licence)}`);
    if (one.runsScripts)
      problems.push(`${one.name}@${one.version}: has an install script, and ${manifest.name} ships it`);
  }
  process.stdout.write(`${manifest.name} brings ${foreign.length} packages along (at most ${ceiling})\n`);
}

/** All that is installed with a package: what it depends on, also where it does so optionally, and so on. */
function collect(folder, found) {
  const manifest = readJson(join(folder, "package.json"));
  const wanted = { ...manifest.dependencies, ...manifest.optionalDependencies };
  for (const name of Object.keys(wanted)) {
    const at = locate(name, folder);
    if (at === null) {
      // One of the variants of a native part for another system.
      if (manifest.optionalDependencies?.[name] === undefined)
        problems.push(`${manifest.name}: ${name} is not installed; run \`pnpm install\``);
      continue;
    }
    if (found.has(at)) continue;
    const { version, license, scripts = {} } = readJson(join(at, "package.json"));
    const runsScripts = ["preinstall", "install", "postinstall"].some((script) => scripts[script] !== undefined);
    found.set(at, { name, version, licence: license, runsScripts });
    collect(at, found);
  }
}

/** As Node finds it: the folder of the package, or null. */
function locate(name, from) {
  for (let folder = realpathSync(from); ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
    if (folder === dirname(folder)) return null;
  }
}

function list(packages) {
  return packages
    .map(({ name, version }) => `${name}@${version}`)
    .toSorted()
    .join(", ");
}
