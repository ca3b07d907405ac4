import { isLoopbackHost, isSameOrigin, redactUrl } from "@org/http-core";

/** 5: as http-core. */
export const maxRedirects = 5;

export function isRedirect(status: number, headers: Readonly<Record<string, string>>): boolean {
  return [301, 302, 303, 307, 308].includes(status) && headers.location !== undefined;
}

/** Whether to go where an answer points. Only reading is sent on: a body would go to a place that nobody chose. */
export function decideRedirect(facts: {
  method: string;
  location: string;
  visited: readonly URL[];
}): { follow: URL } | { refuse: string } {
  const { method, visited } = facts;
  const from = visited.at(-1);
  const target = URL.parse(facts.location, from?.href);
  if (from === undefined || target === null) return { refuse: "it points to something that is no URL" };
  const place = redactUrl(target);
  if (method !== "GET") return { refuse: `a ${method} was sent on to ${place}` };
  if (target.protocol !== "https:" && target.protocol !== "http:") return { refuse: `it was sent on to ${place}` };
  if (from.protocol === "https:" && target.protocol === "http:") {
    return { refuse: `it was sent on to plain http, ${place}` };
  }
  if (isLoopbackHost(target.hostname) && !isLoopbackHost(from.hostname)) {
    return { refuse: `it was sent on to this machine itself, ${place}` };
  }
  if (visited.some((one) => one.href === target.href)) return { refuse: `it was sent in a circle, to ${place}` };
  if (visited.length > maxRedirects) return { refuse: `it was sent on more than ${maxRedirects} times` };
  // User info would become an Authorization header of the far side's choosing.
  target.username = "";
  target.password = "";
  target.hash = "";
  return { follow: target };
}

const travellers = /^(user-agent|accept|accept-.*)$/;

/** What may cross to another origin: words about the answer, none about us; no credential can be forgotten. */
export function headersAcross(from: URL, to: URL, headers: Record<string, string>): Record<string, string> {
  if (isSameOrigin(from, to)) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => travellers.test(name)));
}
