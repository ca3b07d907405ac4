import { type Check, type Finding, foundFailed, foundNotTried, foundOk, foundWarning } from "./finding.ts";

/** How one step to a server went. `code` is the system's or the library's, where it has one. */
export type Step<Value> =
  | { readonly done: true; readonly value: Value }
  | { readonly done: false; readonly code: string | null; readonly reason: string };

/** What a server showed of itself when TLS began. Nothing else was sent to one that is not trusted. */
export interface CertificateFacts {
  readonly protocol: string | null;
  readonly issuer: string;
  readonly validTo: string;
  /** Why it is not trusted, as OpenSSL says it; null where it is. */
  readonly distrust: string | null;
}

/** What was found out on the way to one part of the shop. Null: not tried, because the step before failed. */
export interface OriginFacts {
  /** As in `imeshh.origins`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** The proxy on the way, without what signs in to it; null on the direct way. */
  readonly proxy: { readonly shown: string; readonly from: string } | null;
  /** What is connected to: the proxy where there is one. Null for an address, which needs no look-up. */
  readonly lookup: Step<readonly string[]> | null;
  readonly needsLookup: boolean;
  readonly connection: Step<null> | null;
  /** The proxy's answer to CONNECT: its HTTP status. Null on the direct way and for plain http. */
  readonly tunnel: Step<number> | null;
  readonly certificate: Step<CertificateFacts> | null;
}

/** The way to one part of the shop, step by step; steps behind a failed one are not tried. */
export function judgeOrigin(facts: OriginFacts, nowMs: number): Finding[] {
  const { name, host, port, proxy, lookup, connection } = facts;
  const target = proxy === null ? `${host}:${port}` : `the proxy ${proxy.shown}`;
  const lookUp = { check: `network.name.${name}`, tried: `Look up the name of ${proxy === null ? host : target}` };
  const connect = { check: `network.connection.${name}`, tried: `Connect to ${target} (${name})` };
  const findings: Finding[] = [];
  if (facts.needsLookup && lookup !== null) findings.push(judgeLookup(lookUp, lookup));
  if (connection === null) findings.push(foundNotTried(connect, "Its name was not found."));
  else if (connection.done) findings.push(foundOk(connect, "Connected."));
  else findings.push(foundFailed(connect, `${asReason(connection)}.`, adviseOnConnection(connection.code, facts)));
  if (proxy !== null && facts.isTls) findings.push(judgeTunnel(facts));
  if (facts.isTls) findings.push(judgeCertificate(facts, nowMs));
  return findings;
}

/** Did every step that was needed work? Only then is a request worth a try. */
export function isReached(facts: OriginFacts): boolean {
  const { connection, certificate, isTls } = facts;
  if (connection?.done !== true) return false;
  return !isTls || (certificate?.done === true && certificate.value.distrust === null);
}

function judgeLookup(check: Check, lookup: Step<readonly string[]>): Finding {
  if (lookup.done) return foundOk(check, `${lookup.value.slice(0, 4).join(", ")}.`);
  const isUnknown = lookup.code === "ENOTFOUND";
  return foundFailed(
    check,
    isUnknown ? "No computer has that name, as far as the name server of this network knows." : `${asReason(lookup)}.`,
    isUnknown
      ? "Check for a slip in the configuration; else look whether this computer is connected, or a proxy is needed (`network.proxy`)."
      : "Check that this computer is connected to a network and has a name server.",
  );
}

function adviseOnConnection(code: string | null, { proxy, host, port }: OriginFacts): string {
  if (proxy !== null)
    return `Check the proxy's address; it comes from ${proxy.from}. To reach ${host} without it, add the host to \`network.noProxy\` or NO_PROXY.`;
  if (code === "ENETUNREACH" || code === "EHOSTUNREACH") return "Check that this computer is connected to a network.";
  const outward = `let \`${host}\`, port ${port}, pass`;
  return `If web pages open in a browser here, a firewall may stand in between: ask for a rule to ${outward}, or for the address of the proxy (\`network.proxy\`).`;
}

function judgeTunnel({ name, host, port, proxy, connection, tunnel }: OriginFacts): Finding {
  const check = {
    check: `network.proxy.${name}`,
    tried: `Ask the proxy ${proxy?.shown} to connect to ${host}:${port}`,
  };
  if (tunnel === null)
    return foundNotTried(check, connection?.done === true ? "It was not asked." : "The proxy was not reached.");
  if (!tunnel.done)
    return foundFailed(
      check,
      `${asReason(tunnel)}.`,
      `What answers there may be no proxy; its address comes from ${proxy?.from}.`,
    );
  const status = tunnel.value;
  if (status >= 200 && status < 300) return foundOk(check, `It connects (it comes from ${proxy?.from}).`);
  const found = `It refuses with status ${status}.`;
  if (status === 407)
    return foundFailed(
      check,
      `${found} It wants a user name and password.`,
      "Write them into its address: http://NAME:PASSWORD@HOST:PORT.",
    );
  return foundFailed(check, found, `Ask who looks after the proxy to let ${host}:${port} pass.`);
}

/** Certificates are renewed weeks ahead of their end; less says that nobody does. */
const soonMs = 3 * 24 * 60 * 60_000;

/** What OpenSSL says of a chain that ends in an authority which this computer does not know. */
const unknownAuthority =
  /^(?:UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/;

function judgeCertificate({ name, host, connection, certificate }: OriginFacts, nowMs: number): Finding {
  const check = { check: `network.tls.${name}`, tried: `Begin TLS with ${host} and look at its certificate` };
  if (certificate === null)
    return foundNotTried(check, connection?.done === true ? "The proxy does not connect." : "There is no connection.");
  if (!certificate.done)
    return foundFailed(
      check,
      `${asReason(certificate)}.`,
      "What answers there speaks no TLS, or only an old one; a proxy or firewall may stand in between.",
    );
  const { protocol, issuer, validTo, distrust } = certificate.value;
  const endsMs = Date.parse(validTo);
  const until = Number.isNaN(endsMs) ? validTo : new Date(endsMs).toISOString().slice(0, 10);
  const shown = `issued by ${issuer}, valid until ${until}`;
  if (distrust !== null) return foundFailed(check, `${explainDistrust(distrust)}: ${shown}.`, adviseOn(distrust));
  if (endsMs - nowMs < soonMs)
    return foundWarning(check, `It ends soon: ${shown}.`, "The shop has to renew it; nothing can be done here.");
  return foundOk(check, `Trusted (${protocol ?? "TLS"}), ${shown}.`);
}

function explainDistrust(distrust: string): string {
  if (unknownAuthority.test(distrust)) return "This computer does not know who issued it";
  switch (distrust) {
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return "The server issued it to itself";
    case "CERT_HAS_EXPIRED":
      return "It has ended";
    case "CERT_NOT_YET_VALID":
      return "It is not valid yet";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return "It is for another host";
    default:
      return `It is not trusted (${distrust})`;
  }
}

function adviseOn(distrust: string): string {
  if (unknownAuthority.test(distrust) || distrust === "DEPTH_ZERO_SELF_SIGNED_CERT")
    return "If that issuer is your company's proxy or virus scanner, ask for its root certificate as a PEM file and name the file in `network.extraCertificateFiles` (or NODE_EXTRA_CA_CERTS in the environment). If you do not know the issuer, do not go on: somebody may be reading along.";
  if (distrust === "CERT_HAS_EXPIRED" || distrust === "CERT_NOT_YET_VALID")
    return "Check this computer's date first; if it is right, the shop has to renew the certificate.";
  return "Something else answers in the shop's place, such as a network's sign-in page; open the shop in a browser and look.";
}

/** One cheap request to a part of the shop. */
export interface RequestFacts {
  readonly name: string;
  /** What was asked for, such as `the status`. */
  readonly what: string;
  readonly outcome: Step<null> | null;
  /** Why there was no request; null where there was one. */
  readonly notTried: string | null;
}

export function judgeRequest({ name, what, outcome, notTried }: RequestFacts): Finding {
  const check = { check: `network.request.${name}`, tried: `Ask ${name} for ${what}` };
  if (outcome === null) return foundNotTried(check, notTried ?? "It could not be reached.");
  if (outcome.done) return foundOk(check, "It answers as documented.");
  return foundFailed(
    check,
    asSentence(outcome.reason),
    "If it lasts, open the shop in a browser: it may be down, or the network's own page may answer in its place. `asset-sync support` writes what its support needs.",
  );
}

/** Files of `network.extraCertificateFiles`; `problem` is null where they can be used. */
export function judgeCertificateFiles(facts: { files: readonly string[]; problem: string | null }): Finding {
  const check = { check: "network.certificates", tried: "Read the certificates of this computer and those configured" };
  if (facts.problem !== null)
    return foundFailed(
      check,
      asSentence(facts.problem),
      "Mend the file, or take it out of `network.extraCertificateFiles`; it has to hold PEM text (BEGIN CERTIFICATE).",
    );
  const more = facts.files.length === 0 ? "" : ` And those of ${facts.files.join(", ")}.`;
  return foundOk(check, `Those of Node and of the system are trusted.${more}`);
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Nobody listens there",
  ECONNRESET: "The connection was broken off",
  ETIMEDOUT: "No answer in time",
  EHOSTUNREACH: "There is no way to that computer",
  ENETUNREACH: "There is no way to that network",
  EAI_AGAIN: "The name server does not answer",
  ENOTFOUND: "The name is not known",
};

function asReason(step: { code: string | null; reason: string }): string {
  return (step.code === null ? undefined : reasons[step.code]) ?? step.reason.replace(/\.$/, "");
}

function asSentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

/** For who follows the sample shop: the real one is none of its business, so nothing is asked of it. */
export function judgeSampleShop(): Finding {
  const check = { check: "network.sample-shop", tried: "Find out which shop is followed" };
  return foundOk(check, "The sample shop on this machine. The real one is neither asked nor signed in to.");
}
