import type { CertificateSettings, HttpSettings, ProxySettings } from "@org/http-core";

/** The part of the configuration that says how the network is reached. */
export interface NetworkSettings {
  readonly proxy: string | null;
  readonly noProxy: string | null;
  readonly extraCertificateFiles: readonly string[];
  /** The longest silence inside an answer; twice as long is waited for its beginning (reliability plan §5.2: 30 s, 60 s). */
  readonly silenceMs: number;
}

/** The configuration in http-core's words. */
export function toHttpSettings(network: NetworkSettings): HttpSettings & {
  proxy: ProxySettings;
  ca: CertificateSettings;
} {
  return {
    timeouts: { stallMs: network.silenceMs, responseMs: 2 * network.silenceMs },
    proxy:
      network.proxy === null
        ? "environment"
        : { url: network.proxy, ...(network.noProxy === null ? {} : { noProxy: network.noProxy }) },
    ca: { extraFiles: [...network.extraCertificateFiles] },
  };
}
