// Makes the dist that is published: the program in a few modules, with everything of others in it that runs on every
// system. See docs/decisions/0057.
import { readdirSync, readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type OutputChunk, type Plugin, rolldown } from "rolldown";
import { isAllowedLicence } from "../../../tools/allowed-licences.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));
const source = join(folder, "src");
const dist = join(folder, "dist");

/** What people, the daemon and tests start or import. What several of these need becomes modules that they share. */
const programs = ["main", "daemon", "config/config-access", "config/keychain-child", "catalog-process/catalog-child"];

/** May read nothing but itself and an archive, so it shares nothing. */
const loneProgram = "archive/unpack-child";

/**
 * How many packages of others may be inside: what is there (2026-11), and one more; anything above needs a reason in the
 * same commit. The reliability plan says 40 (§5.2). got brings most of them; prom-client brings the types of OpenTelemetry
 * and two packages for its summaries: /metrics is in the contract, and its text format has more rules than one thinks.
 */
const ceiling = 45;

/** Stands for the folder dist until it is known in which file a module ends up. */
const distMark = "__DIST__";

/** A module of ours finds what lies beside it (the console, SQL, its child programs) as if it were in a file of its own. */
const keepPlaces: Plugin = {
  name: "keep-places",
  transform(code, id) {
    if (!id.startsWith(source) || !code.includes("import.meta.url")) return null;
    const place = `${distMark}/${relative(source, id).replaceAll("\\", "/").replace(/\.ts$/, ".js")}`;
    return code.replaceAll("import.meta.url", `new URL("${place}", import.meta.url).href`);
  },
  renderChunk(code, { fileName }) {
    const toDist = dirname(fileName).replaceAll(/[^/.]+/g, "..");
    return code.replaceAll(distMark, toDist);
  },
};

/** No file can have this name. */
const lightHttpId = "\0light-http";
/** What Node makes when it is asked for, such as `WebSocket`: only the module as a whole has it. */
const lightHttpNames = Object.entries(Object.getOwnPropertyDescriptors(http)).flatMap(([name, { get }]) =>
  get === undefined ? [name] : [],
);

/**
 * `import "node:http"` reads every name that the module has, and so loads Node's whole WebSocket client, which nothing
 * here uses: measured (Node 24.21), 0.09 s of processor time in each process, as much as all the rest of Node's start.
 */
const lightHttp: Plugin = {
  name: "light-http",
  resolveId: (id, _importer, { kind }) => (/^(?:node:)?http$/.test(id) && kind !== "require-call" ? lightHttpId : null),
  load: (id) =>
    id !== lightHttpId
      ? null
      : `const http = process.getBuiltinModule("node:http");
export default http;
export const { ${lightHttpNames.join(", ")} } = http;`,
};

await rm(dist, { recursive: true, force: true });
const shared = await bundle(programs);
const alone = await bundle([loneProgram]);
if (alone.length > 1) throw new Error(`${loneProgram} needs ${alone[1]?.fileName}, which it may not read.`);
await writeFile(join(folder, "THIRD-PARTY.md"), describeThirdParties([...shared, ...alone]));

/** Writes the programs to dist, each where its source is in src, with the modules that they share. Returns all of them. */
async function bundle(names: readonly string[]): Promise<OutputChunk[]> {
  const build = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, join(source, `${name}.ts`)])),
    platform: "node",
    // The keychain is a native part for each system, and the sample shop a program of its own.
    external: [/^node:(?!http$)/, "@napi-rs/keyring"],
    resolve: {
      conditionNames: ["@org/source", "import", "module", "node", "default"],
      // The other form of jsonc-parser looks for its files when it runs.
      mainFields: ["module", "main"],
    },
    plugins: [keepPlaces, lightHttp],
    onLog(level, log) {
      throw new Error(`${level}: ${log.message}`);
    },
  });
  const { output } = await build.write({
    dir: dist,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    comments: { annotation: true, legal: true, jsdoc: false },
  });
  await build.close();
  return output.filter((one) => one.type === "chunk");
}

interface ThirdParty {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

/** Their names, versions and licences, as they ask for. Throws when there are too many, or one may not be given away. */
function describeThirdParties(chunks: readonly OutputChunk[]): string {
  const files = chunks.flatMap(({ moduleIds }) => moduleIds);
  const folders = new Set(
    files.flatMap((file) => /^.*[\\/]node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0] ?? []),
  );
  const parties = [...folders].map(readThirdParty).toSorted((one, other) => one.name.localeCompare(other.name, "en"));
  if (parties.length > ceiling) {
    const names = parties.map(({ name }) => name).join(", ");
    throw new Error(`${parties.length} packages of others are in the bundle, and ${ceiling} may be: ${names}`);
  }
  const list = parties.map(({ name, version, licence }) => `- \`${name}\` ${version}: ${licence}`);
  const texts = parties.map(({ name, version, text }) => `## ${name} ${version}\n\n\`\`\`text\n${text.trim()}\n\`\`\``);
  return ["# What of others is in `dist/`", list.join("\n"), ...texts].join("\n\n").concat("\n");
}

function readThirdParty(at: string): ThirdParty {
  const { name, version, license } = JSON.parse(readFileSync(join(at, "package.json"), "utf8"));
  if (!isAllowedLicence(license)) throw new Error(`${name}: its licence is ${JSON.stringify(license)}.`);
  const file = readdirSync(at).find((one) => /^(licen[cs]e|copying)/i.test(one));
  if (file === undefined) throw new Error(`${name} has no file with its licence.`);
  return { name, version, licence: license, text: readFileSync(join(at, file), "utf8") };
}
