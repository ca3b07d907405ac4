import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import { type Environment, resolveHomeFolders } from "../config/home-folders.ts";
import { type LoadedConfig, loadConfig } from "../config/load-config.ts";
import type { Finding } from "../domain/diagnosis/finding.ts";
import { judgeQuota, type ProductDownloads } from "../domain/diagnosis/judge-account.ts";
import { judgeBlenderLibraries, judgeBlenderPrograms } from "../domain/diagnosis/judge-blender.ts";
import {
  type DaemonFacts,
  judgeConfig,
  judgeDaemon,
  judgePort,
  judgeState,
  notTriedWithoutConfig,
} from "../domain/diagnosis/judge-daemon.ts";
import { judgeDisk, judgeHome } from "../domain/diagnosis/judge-folders.ts";
import { judgeRuntime, judgeWatchLimit } from "../domain/diagnosis/judge-machine.ts";
import { judgeSampleShop } from "../domain/diagnosis/judge-network.ts";
import { libraryFolders } from "../domain/library-layout.ts";
import { assetTypes } from "../domain/product.ts";
import { countQuota } from "../domain/quota.ts";
import { peekState, type StatePeek } from "../store/peek-state.ts";
import { diagnoseAccount } from "./diagnose-account.ts";
import { diagnoseNetwork } from "./diagnose-network.ts";
import { findBlenders, readBlenderPreferences } from "./look-at-blender.ts";
import { lookAtDisk, readWatchLimit } from "./look-at-disk.ts";
import { lookAtHome } from "./look-at-home.ts";
import { lookAtLibraries } from "./look-at-libraries.ts";
import { tryPort } from "./look-at-port.ts";

export interface DiagnosisRequest {
  /** `--home DIR`, where given. */
  readonly home: string | undefined;
  readonly env: Environment;
  readonly daemon: DaemonFacts;
  /** What the running daemon says of what only it may open; null where none answers. */
  readonly fromDaemon: {
    readonly products: readonly ProductDownloads[];
    readonly accountRefusal: string | null;
  } | null;
  /** False leaves out everything that is asked of another computer. */
  readonly withNetwork: boolean;
  readonly signal: AbortSignal;
}

/**
 * Looks at everything that has to be right for asset-sync to work, in an order in which what comes later rests on what
 * came before. Spends nothing and changes nothing: it asks each part of the shop for one cheap thing, signs in once at
 * most, and makes no file but a probe in the `.sync` of our own libraries. Throws only when aborted.
 */
export async function diagnose(request: DiagnosisRequest): Promise<Finding[]> {
  const { env, signal } = request;
  const home = resolveHomeFolders({ home: request.home, env });
  const { node, sqlite } = process.versions;
  const loaded = await readConfig(request);
  const findings: Finding[] = [
    ...judgeRuntime({ node, sqlite, execPath: process.execPath }),
    judgeWatchLimit(await readWatchLimit()),
    ...judgeHome(await lookAtHome(home)),
    ...judgeConfig({
      file: home.configFile,
      isThere: existsSync(home.configFile),
      problems: loaded.problems,
      fromEnvironment: loaded.fromEnvironment,
    }),
    judgeDaemon(request.daemon),
  ];
  if (loaded.config === null) findings.push(notTriedWithoutConfig());
  else findings.push(...(await diagnoseConfigured(loaded.config, request)));

  const search = { env, userFolder: homedir(), signal };
  findings.push(...judgeBlenderPrograms(await findBlenders(search)));
  if (loaded.config !== null) {
    const { root } = loaded.config.library;
    const wanted = assetTypes.map((assetType) => ({
      name: libraryFolders[assetType],
      folder: path.join(root, libraryFolders[assetType]),
    }));
    findings.push(
      ...judgeBlenderLibraries({ preferences: await readBlenderPreferences(search), wanted, isSame: isSameFolder }),
    );
  }
  return findings;
}

async function diagnoseConfigured(config: Config, request: DiagnosisRequest): Promise<Finding[]> {
  const { fromDaemon, signal, env } = request;
  const { home, library, limits } = config;
  const peek = fromDaemon === null ? await peekState(home.state) : null;
  const around = { diskFloorBytes: limits.diskFloorBytes, platform: process.platform };
  const disks = await Promise.all([
    lookAtDisk("library", library.root),
    lookAtDisk("archives", home.archives),
    lookAtDisk("state", home.state),
  ]);
  const findings = [
    judgePort({ port: config.api.port, holder: await findHolder(config, request.daemon) }),
    ...(peek === null ? [] : [judgeState(peek.problem)]),
    ...disks.map((facts) => judgeDisk(facts, around)),
    ...(await lookAtLibraries({ root: library.root, ids: peek?.libraryIds ?? {} })),
    judgeQuota(countDownloads(config, peek, fromDaemon)),
  ];
  if (config.imeshh.shop === "sample-shop") return [...findings, judgeSampleShop()];
  if (!request.withNetwork) return findings;
  const network = await diagnoseNetwork(config, signal);
  const account = await diagnoseAccount({
    config,
    env,
    isShopReached: network.isShopReached,
    refusal: peek?.signInRefusal ?? null,
    refusedByDaemon: fromDaemon?.accountRefusal ?? null,
    signal,
  });
  return [...findings, ...network.findings, ...account];
}

async function readConfig({ home, env }: DiagnosisRequest) {
  try {
    const loaded: LoadedConfig = await loadConfig({ home, env });
    const fromEnvironment = [...loaded.origins].flatMap(([key, origin]) => (origin === "environment" ? [key] : []));
    return { config: loaded.config, problems: [], fromEnvironment };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { config: null, problems: error.problems, fromEnvironment: [] };
  }
}

async function findHolder({ api }: Config, daemon: DaemonFacts) {
  if (daemon.state === "answers" && api.port !== 0 && new URL(daemon.address).port === String(api.port)) return "ours";
  return tryPort(api.host, api.port);
}

/** From the daemon, which knows titles, else counted from the ledger's file. */
function countDownloads(config: Config, peek: StatePeek | null, fromDaemon: DiagnosisRequest["fromDaemon"]) {
  if (fromDaemon !== null) return { products: fromDaemon.products, damagedLines: 0 };
  if (peek === null) return null;
  const { spends, refused, damagedLines } = peek.ledger;
  const ids = new Set([...spends.map(({ productId }) => productId), ...refused]);
  const products = [...ids].map((productId) => {
    const own = spends.filter((spend) => spend.productId === productId);
    const limit = config.imeshh.downloadLimit;
    const { left, inDoubt } = countQuota({ productId, spends: own, limit, refusedByShop: refused.has(productId) });
    return { productId, title: null, left, inDoubt };
  });
  return { products, damagedLines };
}

/** Blender keeps folders as they were typed, some with a slash at the end. */
function isSameFolder(one: string, other: string): boolean {
  const plain = (folder: string) => {
    const whole = path.resolve(folder);
    return process.platform === "win32" ? whole.toLowerCase() : whole;
  };
  return plain(one) === plain(other);
}
