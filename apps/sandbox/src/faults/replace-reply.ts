import { htmlReply, type Reply, textReply } from "../http/reply.ts";
import type { ActiveFaults } from "./fault-list.ts";

/** Which moment is asked about: before the host handled the request, or after it did its work. */
export type Moment = "before-handling" | "after-handling";

/**
 * The answer that a fault puts in the place of the host's own: `refused` where the connection is to be destroyed,
 * undefined where no fault replaces anything at this moment.
 */
export function replaceReply(active: ActiveFaults, moment: Moment): Reply | "refused" | undefined {
  const isNow = (fault: { afterHandling?: boolean | undefined }) =>
    (fault.afterHandling === true) === (moment === "after-handling");
  const refuse = active.find("refuse");
  if (refuse !== undefined && isNow(refuse)) {
    active.fire("refuse");
    return "refused";
  }
  const status = active.find("status");
  if (status !== undefined && isNow(status)) {
    active.fire("status");
    const body = status.body ?? JSON.stringify({ message: `Fault of the sandbox: status ${status.status}` });
    const contentType =
      status.contentType ?? (status.body === undefined ? "application/json" : "text/plain; charset=utf-8");
    const retryAfter = status.retryAfter === undefined ? {} : { "retry-after": String(status.retryAfter) };
    return textReply(status.status, contentType, body, { ...retryAfter, ...lowerCaseNames(status.headers) });
  }
  const html = active.find("html");
  if (html !== undefined && isNow(html)) {
    active.fire("html");
    return htmlReply(
      html.status,
      html.body ??
        "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1></body></html>\n",
    );
  }
  const redirect = active.find("redirect");
  if (redirect !== undefined && isNow(redirect)) {
    active.fire("redirect");
    return textReply(redirect.status, "text/plain; charset=utf-8", "", { location: redirect.to });
  }
  return undefined;
}

function lowerCaseNames(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
