import type { HttpSettings } from "./http-settings.ts";
import type { Operation } from "./operation.ts";
import { isSecretName } from "./redact.ts";
import { isLoopbackHost } from "./same-origin.ts";

/** Parses a client's origin (with base path). Throws a `TypeError` that says what is wrong with it. */
export function parseOrigin(text: string, allowPlainHttp: boolean): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new TypeError("The origin must be a URL such as https://shop.example.");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new TypeError(`The origin ${url.origin} must have no user info, query or fragment.`);
  }
  if (url.protocol === "http:" && !allowPlainHttp && !isLoopbackHost(url.hostname)) {
    throw new TypeError(`The origin ${url.origin} is plain http; allow that for it, or use https.`);
  }
  return url;
}

/** The URL of an operation. Throws a `TypeError` for a path that leads out of the origin's base path. */
export function composeUrl(origin: URL, operation: Pick<Operation, "name" | "path" | "query">): URL {
  const base = origin.href.replace(/\/$/, "");
  const url = URL.parse(base + operation.path);
  const inside = url !== null && url.origin === origin.origin && url.pathname.startsWith(new URL(base).pathname);
  if (!operation.path.startsWith("/") || !inside) {
    throw new TypeError(`${operation.name}: the path must begin with a slash and stay below ${origin.origin}.`);
  }
  for (const [name, value] of Object.entries(operation.query ?? {})) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
  }
  return url;
}

/** The body of an operation and the headers that belong to it. */
export function composeBody(operation: Operation): {
  content: string | Uint8Array | FormData | undefined;
  headers: Record<string, string>;
} {
  const given = [operation.json, operation.form, operation.body].filter((one) => one !== undefined);
  if (given.length > 1) throw new TypeError(`${operation.name}: give one of json, form and body.`);
  if (given.length > 0 && (operation.method === "GET" || operation.method === "HEAD")) {
    throw new TypeError(`${operation.name}: a ${operation.method} carries no body.`);
  }
  if (operation.json !== undefined) {
    return { content: JSON.stringify(operation.json), headers: { "content-type": "application/json" } };
  }
  if (operation.form !== undefined) {
    const content = new URLSearchParams(operation.form).toString();
    return { content, headers: { "content-type": "application/x-www-form-urlencoded" } };
  }
  return { content: operation.body, headers: {} };
}

/** Values that this request sends and no error may show. */
export function secretsIn(facts: {
  headers: Record<string, string>;
  credentials: Record<string, string>;
  operation: Operation;
  http: HttpSettings;
}): string[] {
  const { headers, credentials, operation, http } = facts;
  const found: string[] = [];
  const add = (value: unknown) => {
    if (typeof value !== "string") return;
    // "Bearer abc": the far side may repeat either half, and the first is no secret.
    found.push(value.replace(/^(Bearer|Basic|Token)\s+/i, ""));
  };
  for (const value of Object.values(credentials)) add(value);
  for (const [name, value] of Object.entries(headers)) if (isSecretName(name)) add(value);
  for (const fields of [operation.form, operation.json, operation.query]) {
    if (typeof fields !== "object" || fields === null) continue;
    for (const [name, value] of Object.entries(fields)) if (isSecretName(name)) add(value);
  }
  if (typeof http.proxy === "object") {
    const proxy = URL.parse(http.proxy.url);
    if (proxy?.password) add(decodeURIComponent(proxy.password));
  }
  return found;
}
