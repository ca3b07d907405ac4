import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a module of plain JavaScript in a process of its own and gives what it prints, as JSON. */
export async function inChild(code: string): Promise<unknown> {
  // Conditions and flags of this process would change what is measured.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", code], { env });
  return JSON.parse(stdout);
}

/** The best of several imports, each in a new process. */
export async function importMs(paths: readonly string[], rounds: number): Promise<number[]> {
  const best = paths.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, path] of paths.entries()) {
      const took = await inChild(
        `const from = performance.now(); await import(${JSON.stringify(path)}); console.log(performance.now() - from); process.exit(0)`,
      );
      best[index] = Math.min(best[index] ?? Number.POSITIVE_INFINITY, Number(took));
    }
  }
  return best;
}

/** Linux counts what the parent used before the child began into `maxRSS`; VmHWM is the child's alone. */
const tail = `
    const { readFileSync } = await import("node:fs");
    const own = process.platform === "linux" ? /VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8")) : null;
    console.log(JSON.stringify((own === null ? process.resourceUsage().maxRSS : Number(own[1])) / 1024));
    process.exit(0)`;

/** Peak memory of an upload with @3dverse/api, as its README has it: a FormData with a Blob that is a file. */
export function peerUpload(facts: { module: string; baseUrl: string; path: string }): Promise<unknown> {
  return inChild(`
    import { openAsBlob } from "node:fs";
    import * as api from ${JSON.stringify(facts.module)};
    api.setApiKey("key");
    api.setBaseURL(${JSON.stringify(facts.baseUrl)});
    const body = new FormData();
    body.append("files", await openAsBlob(${JSON.stringify(facts.path)}), "file.obj");
    await api.uploadSourceFiles({ folder_id: "folder", body });
    ${tail}`);
}

/** The same with this package. */
export function ownUpload(facts: { module: string; baseUrl: string; path: string }): Promise<unknown> {
  return inChild(`
    import { create3dverse } from ${JSON.stringify(facts.module)};
    const client = create3dverse({ credential: { apiKey: "key" }, baseUrl: ${JSON.stringify(facts.baseUrl)} });
    await client.uploadFiles({ folder_id: "folder", files: [${JSON.stringify(facts.path)}] });
    ${tail}`);
}
