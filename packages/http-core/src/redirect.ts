import type { Repeat } from "./http-settings.ts";
import { isPrivateHost } from "./private-address.ts";
import { redactUrl } from "./redact.ts";
import { isLoopbackHost } from "./same-origin.ts";

/** 5: reliability plan §5.2. */
export const defaultMaxRedirects = 5;

export type RedirectDecision = { follow: URL } | { refuse: string };

/** True for an answer that points elsewhere; 300 and 304 do not. */
export function isRedirect(status: number, headers: Readonly<Record<string, string>>): boolean {
  return [301, 302, 303, 307, 308].includes(status) && headers.location !== undefined;
}

/** Whether to go where an answer points. `visited` are the URLs of this chain, the first included. */
export function decideRedirect(facts: {
  method: string;
  repeat: Repeat;
  location: string;
  visited: readonly URL[];
  maxRedirects: number;
}): RedirectDecision {
  const { visited } = facts;
  const from = visited.at(-1);
  const target = from === undefined ? null : URL.parse(facts.location, from.href);
  if (from === undefined || target === null) return { refuse: "it points to something that is no URL" };
  const place = redactUrl(target);
  // A second request of such an operation is a decision, and not ours to make.
  if (facts.repeat !== "repeatable") return { refuse: `it may be sent only once, and was sent on to ${place}` };
  // A POST sent on would carry its body to a place nobody chose.
  if (facts.method !== "GET" && facts.method !== "HEAD") return { refuse: `a ${facts.method} was sent on to ${place}` };
  // file:, data: and the like read something else than the web.
  if (target.protocol !== "https:" && target.protocol !== "http:") return { refuse: `it was sent on to ${place}` };
  // What began in private must not go on in the open.
  if (from.protocol === "https:" && target.protocol === "http:")
    return { refuse: `it was sent on to plain http, ${place}` };
  // Nobody outside has a reason to point at services of this machine or of the network behind it.
  if (isLoopbackHost(target.hostname) && !isLoopbackHost(from.hostname)) {
    return { refuse: `it was sent on to this machine itself, ${place}` };
  }
  if (isPrivateHost(target.hostname) && !isPrivateHost(from.hostname)) {
    return { refuse: `it was sent on into a private network, ${place}` };
  }
  if (visited.some((one) => one.href === target.href)) return { refuse: `it was sent in a circle, to ${place}` };
  if (visited.length > facts.maxRedirects) return { refuse: `it was sent on more than ${facts.maxRedirects} times` };
  // User info would become an Authorization header of the far side's choosing.
  target.username = "";
  target.password = "";
  target.hash = "";
  return { follow: target };
}
