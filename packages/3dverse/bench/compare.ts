import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as peer from "@3dverse/api";
import { create3dverse } from "../src/index.ts";
import { bundle, findBundler } from "./bundles.ts";
import { importMs, ownUpload, peerUpload } from "./child.ts";
import { buildPackage, measureInstall } from "./install-size.ts";
import { refuse, swallow, withCountingServer } from "./measure-http.ts";

/** One thing measured for both; smaller is better everywhere. */
export interface Line {
  readonly what: string;
  readonly unit: string;
  readonly own: number;
  readonly peer: number;
}

const packageFolder = fileURLToPath(new URL("..", import.meta.url));
const workspace = fileURLToPath(new URL("../../..", import.meta.url));
const peerFolder = join(packageFolder, "node_modules/@3dverse/api");
const peerModule = pathToFileURL(join(peerFolder, "dist/index.js")).href;

/** Compares this package with @3dverse/api in the same calls, one after the other. */
export async function compare3dverse(options: { refusedBytes?: number; uploadBytes?: number } = {}): Promise<Line[]> {
  const { refusedBytes = 64 * 1024 ** 2, uploadBytes = 512 * 1024 ** 2 } = options;
  // Install sizes and imports are those of what is published.
  for (const name of ["http-core", "3dverse"]) await buildPackage(join(workspace, "packages", name));
  const folder = await mkdtemp(join(tmpdir(), "3dverse-bench-"));
  try {
    return [
      ...(await measureRefusals(folder, refusedBytes)),
      ...(await measureBundles(folder, uploadBytes)),
      ...(await measureInstalls()),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureRefusals(folder: string, bytes: number): Promise<Line[]> {
  const path = await makeFile(folder, "refused.obj", bytes);
  const failing = async (call: Promise<unknown>) => {
    const error = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined) throw new Error("a refusal was expected");
  };
  const own = (baseUrl: string) => create3dverse({ credential: { apiKey: "key" }, baseUrl });
  peer.setApiKey("key");
  const ownMissing = await withCountingServer(refuse(404), async (baseUrl, reached) => {
    await failing(own(baseUrl).getFolderInfo({ folder_id: "none" }));
    return reached();
  });
  const peerMissing = await withCountingServer(refuse(404), async (baseUrl, reached) => {
    peer.setBaseURL(baseUrl);
    await failing(peer.getFolderInfo({ folder_id: "none" }));
    return reached();
  });
  const ownRefused = await withCountingServer(refuse(403), async (baseUrl, reached) => {
    await failing(own(baseUrl).uploadFiles({ folder_id: "none", files: [path] }));
    return reached();
  });
  const peerRefused = await withCountingServer(refuse(403), async (baseUrl, reached) => {
    peer.setBaseURL(baseUrl);
    const { openAsBlob } = await import("node:fs");
    const body = new FormData();
    body.append("files", await openAsBlob(path), "refused.obj");
    await failing(peer.uploadSourceFiles({ folder_id: "none", body }));
    return reached();
  });
  const megabytes = Math.round(bytes / 1024 ** 2);
  return [
    { what: "requests sent for a 404", unit: "requests", own: ownMissing.requests, peer: peerMissing.requests },
    {
      what: `bytes sent for a refused upload of ${megabytes} MB`,
      unit: "bytes",
      own: ownRefused.bytes,
      peer: peerRefused.bytes,
    },
  ];
}

async function measureBundles(folder: string, uploadBytes: number): Promise<Line[]> {
  const bundler = await findBundler(workspace);
  if (bundler === undefined) throw new Error("rolldown is needed; it comes with vitest: pnpm install");
  const make = (name: string, code: string, platform: "node" | "browser" = "node") =>
    bundle(bundler, {
      code,
      from: join(packageFolder, `bench/entry-${name}.js`),
      path: join(folder, `${name}.mjs`),
      platform,
    });
  const own = `import { connect3dverse, getFolderInfo } from "../dist/index.js";
    export const read = (apiKey, folder_id) => getFolderInfo(connect3dverse({ credential: { apiKey } }), { folder_id });`;
  const theirs = `import { setApiKey, getFolderInfo } from "@3dverse/api";
    export const read = (apiKey, folder_id) => (setApiKey(apiKey), getFolderInfo({ folder_id }));`;
  const ownBytes = await make("own", own);
  const peerBytes = await make("peer", theirs);
  const peerBrowserBytes = await make("peer-browser", theirs, "browser");
  await make("whole", `export { create3dverse } from "../dist/index.js";`);
  const at = (name: string) => pathToFileURL(join(folder, `${name}.mjs`)).href;
  const built = pathToFileURL(join(packageFolder, "dist/index.js")).href;
  const imports = [at("own"), at("peer"), built, peerModule];
  const [ownMs = 0, peerMs = 0, ownWholeMs = 0, peerWholeMs = 0] = await importMs(imports, 7);

  const path = await makeFile(folder, "large.obj", uploadBytes);
  const megabytes = Math.round(uploadBytes / 1024 ** 2);
  const upload = (measure: typeof ownUpload, module: string) =>
    withCountingServer(swallow, async (baseUrl) => Number(await measure({ module, baseUrl, path })));
  return [
    {
      what: `peak memory of an upload of ${megabytes} MB`,
      unit: "MB",
      own: await upload(ownUpload, at("whole")),
      peer: await upload(peerUpload, peerModule),
    },
    { what: "bundle of one function, minified, for Node", unit: "bytes", own: ownBytes, peer: peerBytes },
    {
      what: "the same, against the peer's bundle for browsers",
      unit: "bytes",
      own: ownBytes,
      peer: peerBrowserBytes,
    },
    { what: "import of that bundle, best of 7", unit: "ms", own: ownMs, peer: peerMs },
    { what: "import as installed, not bundled, best of 7", unit: "ms", own: ownWholeMs, peer: peerWholeMs },
  ];
}

async function measureInstalls(): Promise<Line[]> {
  const own = await measureInstall(packageFolder);
  const theirs = await measureInstall(peerFolder);
  return [
    { what: "install size", unit: "bytes", own: own.bytes, peer: theirs.bytes },
    { what: "packages installed, itself included", unit: "packages", own: own.packages, peer: theirs.packages },
  ];
}

async function makeFile(folder: string, name: string, bytes: number): Promise<string> {
  const path = join(folder, name);
  const file = await open(path, "w");
  await file.truncate(bytes);
  await file.close();
  return path;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = await compare3dverse();
  const shown = (value: number) =>
    (value >= 100 ? Math.round(value) : Math.round(value * 10) / 10).toLocaleString("en");
  console.table(
    Object.fromEntries(
      lines.map(({ what, unit, own, peer }) => [
        what,
        {
          "@org/3dverse": `${shown(own)} ${unit}`,
          "@3dverse/api": `${shown(peer)} ${unit}`,
          times: own === 0 ? "" : (peer / own).toFixed(2),
          better: own < peer ? "yes" : "NO",
        },
      ]),
    ),
  );
  process.exit(0);
}
