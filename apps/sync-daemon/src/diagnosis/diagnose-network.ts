import type { SecureContext } from "node:tls";
import { chooseProxy, createTrust } from "@org/http-core";
import type { Config } from "../config/config.ts";
import { type Finding, foundFailed } from "../domain/diagnosis/finding.ts";
import { judgeClock } from "../domain/diagnosis/judge-machine.ts";
import {
  isReached,
  judgeCertificateFiles,
  judgeOrigin,
  judgeRequest,
  type OriginFacts,
  type RequestFacts,
} from "../domain/diagnosis/judge-network.ts";
import { toFailure } from "../domain/failure.ts";
import { toHttpSettings } from "../sources/http-settings.ts";
import { listOriginRequests, type OriginRequest } from "../sources/origin-requests.ts";
import { reachOrigin } from "./reach-origin.ts";

/** The ways to the parts of the shop, and what one cheap request to each came to. */
export interface NetworkDiagnosis {
  readonly findings: readonly Finding[];
  /** May a sign-in be tried? */
  readonly isShopReached: boolean;
}

export async function diagnoseNetwork(config: Config, signal: AbortSignal): Promise<NetworkDiagnosis> {
  const { trust, problem } = readTrust(config);
  const certificates = judgeCertificateFiles({ files: config.network.extraCertificateFiles, problem });
  const requests = listOriginRequests({ origins: config.imeshh.origins, network: config.network });
  const names = ["shop", "blog", "feeds", "extensions"] as const;
  const origins = await Promise.all(
    names.map(async (name) => {
      const request = requests.find(({ origin }) => origin === name);
      return look({ name, url: new URL(config.imeshh.origins[name]), request, config, trust, signal });
    }),
  );
  const answered = origins.find(({ clock }) => clock !== null)?.clock ?? null;
  return {
    findings: [certificates, ...origins.flatMap(({ findings }) => findings), judgeClock(answered)],
    isShopReached: origins.some(({ name, reached }) => name === "shop" && reached),
  };
}

async function look(origin: {
  name: string;
  url: URL;
  request: OriginRequest | undefined;
  config: Config;
  trust: SecureContext | undefined | null;
  signal: AbortSignal;
}) {
  const { name, url, request, config, trust, signal } = origin;
  const { proxy } = toHttpSettings(config.network);
  const proxyFrom = describeProxySource(config, url);
  try {
    chooseProxy(url, proxy);
  } catch (error) {
    const check = { check: `network.proxy.${name}`, tried: `Find the proxy for ${url.host}` };
    const found = error instanceof Error ? error.message : String(error);
    return { name, findings: [foundFailed(check, found, `Correct ${proxyFrom}.`)], reached: false, clock: null };
  }
  const facts = await reachOrigin({ name, url, proxy, proxyFrom, trust, signal });
  const findings = judgeOrigin(facts, Date.now());
  if (request === undefined) return { name, findings, reached: isReached(facts), clock: null };
  const asked = await ask(request, facts, signal);
  return { name, findings: [...findings, judgeRequest(asked)], reached: isReached(facts), clock: asked.clock };
}

async function ask(request: OriginRequest, facts: OriginFacts, signal: AbortSignal) {
  const about: Pick<RequestFacts, "name" | "what"> = { name: request.origin, what: request.what };
  if (!isReached(facts)) return { ...about, outcome: null, notTried: "A step before it failed.", clock: null };
  try {
    const { servedAt } = await request.send({ signal });
    const clock = servedAt === null ? null : { servedAt, nowMs: Date.now() };
    return { ...about, outcome: { done: true, value: null } as const, notTried: null, clock };
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = toFailure(error);
    return { ...about, outcome: { done: false, code, reason: message } as const, notTried: null, clock: null };
  }
}

function readTrust(config: Config): { trust: SecureContext | undefined | null; problem: string | null } {
  try {
    return { trust: createTrust(toHttpSettings(config.network).ca), problem: null };
  } catch (error) {
    return { trust: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Whose word it is, so that a person knows where to change it. */
function describeProxySource({ network }: Config, url: URL): string {
  if (network.proxy !== null) return "`network.proxy` in the configuration";
  const own = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const names = [own.toLowerCase(), own, "all_proxy", "ALL_PROXY"];
  const set = names.find((name) => process.env[name]);
  return `${set ?? own} in the environment`;
}
