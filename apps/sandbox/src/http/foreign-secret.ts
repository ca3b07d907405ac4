import type { HostName } from "../host-name.ts";

/** A secret that a provider handed out, and the hosts that may see it in a header. */
export interface Secret {
  /** As a sentence names it, for example `the Kaedim API key`. */
  name: string;
  value: string;
  hosts: readonly HostName[];
}

/**
 * What secret arrived at a host that must never see it, or inside a URL, where every log keeps it; undefined where none
 * did.
 */
export function foreignSecret(request: {
  host: HostName;
  url: string;
  headers: Record<string, string | undefined>;
  secrets: readonly Secret[];
}): string | undefined {
  const { host, url, headers, secrets } = request;
  for (const { name, value, hosts } of secrets) {
    if (url.includes(value) || url.includes(encodeURIComponent(value)))
      return `${capital(name)} was sent to ${host} inside the URL.`;
    if (hosts.includes(host)) continue;
    const header = Object.entries(headers).find(([, text]) => text?.includes(value))?.[0];
    if (header !== undefined) return `${capital(name)} was sent to ${host} in the header ${header}.`;
  }
  return undefined;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
