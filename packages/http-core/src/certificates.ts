import { readFileSync } from "node:fs";
// A namespace, because Node before 22.15 has no getCACertificates, and naming it would fail the import.
import * as tls from "node:tls";
import { ApiError } from "./api-error.ts";

/** Certificate authorities trusted besides Node's own bundle and `NODE_EXTRA_CA_CERTS`. */
export interface CertificateSettings {
  /** PEM files, for instance a company's root. */
  extraFiles?: readonly string[] | undefined;
  /** PEM texts. */
  extraPem?: readonly string[] | undefined;
  /** Trust what the operating system trusts, where this Node can ask it. Default true. */
  system?: boolean | undefined;
}

/**
 * The context that TLS connections are made with, or `undefined` where Node's own is the same. Built once per client:
 * reading a few hundred certificates takes milliseconds that no connection should pay again.
 */
export function createTrust(settings: CertificateSettings = {}): tls.SecureContext | undefined {
  const extra = [...(settings.extraPem ?? []), ...(settings.extraFiles ?? []).map(readCertificateFile)];
  const system = settings.system === false ? [] : systemCertificates();
  const own = nodeCertificates();
  // Systems hand the same certificates out twice, wrapped differently; each one costs time to read.
  const bare = (pem: string) => pem.replace(/\s+/g, "");
  const known = new Set(own.map(bare));
  const more = [...system.filter((pem) => !known.has(bare(pem)) && known.add(bare(pem))), ...extra];
  if (more.length === 0) return undefined;
  return tls.createSecureContext({ ca: [...own, ...more], minVersion: "TLSv1.2" });
}

function readCertificateFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw unusable(path, "could not be read", error);
  }
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw unusable(path, "holds no PEM certificate");
  return text;
}

function unusable(path: string, why: string, cause?: unknown): ApiError {
  return new ApiError({
    kind: "transport",
    code: "certificate-file-unusable",
    message: `The CA file ${path} ${why}.`,
    neverSent: true,
    cause,
  });
}

/** Node's bundle with NODE_EXTRA_CA_CERTS. Before Node 22.15 there is no way to ask, so both are read here. */
function nodeCertificates(): string[] {
  if (typeof tls.getCACertificates === "function") return tls.getCACertificates("default");
  const extra = process.env.NODE_EXTRA_CA_CERTS;
  return [...tls.rootCertificates, ...(extra ? [readCertificateFile(extra)] : [])];
}

function systemCertificates(): string[] {
  return typeof tls.getCACertificates === "function" ? tls.getCACertificates("system") : [];
}
