/**
 * Which proxy to use. `"environment"` (the default) reads HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY in both
 * cases. A URL may carry credentials; they are never printed. Loopback is never proxied.
 */
export type ProxySettings = { url: string; noProxy?: string | undefined } | "environment" | "none";
