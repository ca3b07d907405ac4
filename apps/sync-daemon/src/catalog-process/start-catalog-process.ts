import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { HttpLogger } from "@org/http-core";
import { Failure } from "../domain/failure.ts";
import type { BuiltCatalog } from "../store/build-catalog-database.ts";
import type { CatalogBuild, CatalogBuilds } from "../sync/parts.ts";
import { type CatalogMessage, type CatalogTask, catalogMessage } from "./messages.ts";

export interface CatalogProcessSettings {
  readonly source: string;
  readonly origins: NonNullable<CatalogTask["fetch"]>["origins"];
  readonly network: NonNullable<CatalogTask["fetch"]>["network"];
  readonly feedsFolder: string;
  readonly catalogsFolder: string;
  readonly logger: HttpLogger | undefined;
  readonly now: () => number;
}

/**
 * Variables a program needs to find the network and its certificates, and the compiled code that Node may keep for it. A
 * password is never among them.
 */
const passedOn =
  /^(PATH|HOME|TMPDIR|TMP|TEMP|SystemRoot|TZ|LANG|LC_ALL|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|NODE_COMPILE_CACHE|(HTTPS?|ALL|NO)_PROXY|(https?|all|no)_proxy)$/;

/** A feed of 112 MB over a line of 1 Mbit/s takes some minutes packed; what takes longer than this hangs. */
const timeLimitMs = 30 * 60_000;

/** Twice what 100,000 products take; a feed that needs more is not one. */
const heapLimitMegabytes = 2_048;

/** Builds catalogs, each in a process of its own that ends with it, so that its memory never counts as the daemon's. */
export function createCatalogProcess(settings: CatalogProcessSettings): CatalogBuilds {
  const { origins, network, feedsFolder, catalogsFolder } = settings;
  const run = async (
    about: { fetch: CatalogTask["fetch"]; previous: string | null },
    signal: AbortSignal,
  ): Promise<CatalogBuild | undefined> => {
    const stagingName = `${settings.source}-${randomBytes(4).toString("hex")}`;
    const path = join(catalogsFolder, `${stagingName}.db`);
    const task: CatalogTask = { ...about, feedsFolder, stagingName, path, nowMs: settings.now() };
    const built = await runCatalogProcess(task, { signal, logger: settings.logger });
    return built === undefined ? undefined : { built, stagingName };
  };
  return {
    async fetch({ catalogRevision, previous, signal }) {
      const build = await run({ fetch: { catalogRevision, origins, network }, previous }, signal);
      if (build === undefined) throw new Failure("unexpected", "The process that fetches the catalog fetched none.");
      return build;
    },
    restore: ({ signal }) => run({ fetch: null, previous: null }, signal),
  };
}

async function runCatalogProcess(
  task: CatalogTask,
  options: { signal: AbortSignal; logger: HttpLogger | undefined },
): Promise<BuiltCatalog | undefined> {
  const { signal, logger } = options;
  if (signal.aborted) throw new Failure("stopped", "Building the catalog was stopped before it began.");
  const isSource = import.meta.url.endsWith(".ts");
  const child = fork(fileURLToPath(new URL(`./catalog-child.${isSource ? "ts" : "js"}`, import.meta.url)), [], {
    execArgv: [`--max-old-space-size=${heapLimitMegabytes}`, ...(isSource ? ["--conditions=@org/source"] : [])],
    env: Object.fromEntries(Object.entries(process.env).filter(([variable]) => passedOn.test(variable))),
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  let answer: CatalogMessage | undefined;
  let hasTakenTooLong = false;
  const { promise: ended, resolve, reject } = Promise.withResolvers<string>();
  const kill = (): void => void child.kill("SIGKILL");
  const timer = setTimeout(() => {
    hasTakenTooLong = true;
    kill();
  }, timeLimitMs);
  signal.addEventListener("abort", kill, { once: true });
  child.on("message", (message) => {
    const said = catalogMessage.safeParse(message);
    if (!said.success) kill();
    else if (said.data.kind === "log") logger?.[said.data.level](said.data.fields, said.data.message);
    else answer ??= said.data;
  });
  child.once("error", reject);
  child.once("close", (status, killedBy) => resolve(killedBy ?? `status ${status}`));
  // A child that died before it heard this says so by its end.
  child.send(task, () => undefined);
  try {
    const end = await ended;
    if (signal.aborted) throw new Failure("stopped", "Building the catalog was stopped before it was done.");
    return takeAnswer(answer, hasTakenTooLong ? "took too long and was ended" : `ended early (${end})`);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
    kill();
  }
}

function takeAnswer(answer: CatalogMessage | undefined, otherwise: string): BuiltCatalog | undefined {
  switch (answer?.kind) {
    case "built":
      return answer.built;
    case "no-feeds":
      return undefined;
    case "failed": {
      const { code, message, path, retryAfterMs, cause } = answer;
      throw new Failure(code, message, {
        ...(path === undefined ? {} : { path }),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        ...(cause === undefined ? {} : { cause: new Error(cause) }),
      });
    }
    default:
      throw new Failure("feed-unreadable", `The process that reads the shop's feeds ${otherwise}.`);
  }
}
