import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface Bundler {
  rolldown(options: unknown): Promise<{
    generate(options: unknown): Promise<{ output: { code?: string }[] }>;
    close(): Promise<void>;
  }>;
}

/** The bundler that comes with vitest; `undefined` where it is not installed. */
export async function findBundler(workspace: string): Promise<Bundler | undefined> {
  const store = join(workspace, "node_modules/.pnpm");
  const found = (await readdir(store)).find((name) => /^rolldown@/.test(name));
  if (found === undefined) return undefined;
  const path = join(store, found, "node_modules/rolldown/dist/index.mjs");
  return (await import(pathToFileURL(path).href)) as Bundler;
}

/** Bundles `code`, minified, into `path`; gives its bytes. */
export async function bundle(
  bundler: Bundler,
  facts: { code: string; from: string; path: string; platform: "node" | "browser" },
): Promise<number> {
  const entry = "\0entry.js";
  const build = await bundler.rolldown({
    input: entry,
    platform: facts.platform,
    external: /^node:/,
    resolve: { conditionNames: ["@org/source", "import", "module", facts.platform, "default"] },
    logLevel: "silent",
    plugins: [
      {
        name: "entry",
        resolveId: (id: string) => (id === entry ? facts.from : undefined),
        load: (id: string) => (id === facts.from ? facts.code : undefined),
      },
    ],
  });
  const { output } = await build.generate({ format: "esm", minify: true });
  await build.close();
  const text = output.map((chunk) => chunk.code ?? "").join("");
  await writeFile(facts.path, text);
  return Buffer.byteLength(text);
}
