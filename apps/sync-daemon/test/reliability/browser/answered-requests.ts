import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";

/** One request as the daemon's own server answered it. */
export interface Answered {
  /** From the request's address; empty for a preflight without one and for what is not an attack. */
  readonly attack: string;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly origin: string | null;
  readonly cookie: string | null;
  readonly status: number;
}

/** Listens to what Node itself tells about each answer of the server on `port`: the daemon does not know of it. */
export function watchAnswers(port: number): { readonly answered: Answered[]; close(): void } {
  const answered: Answered[] = [];
  const receive = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (request.socket.localPort !== port) return;
    const url = new URL(`http://daemon${request.url?.startsWith("/") === true ? request.url : "/"}`);
    answered.push({
      attack: url.searchParams.get("attack") ?? "",
      method: request.method ?? "",
      path: url.pathname,
      host: request.headers.host ?? "",
      origin: request.headers.origin ?? null,
      cookie: request.headers.cookie ?? null,
      status: response.statusCode,
    });
  };
  subscribe("http.server.response.finish", receive);
  return { answered, close: () => void unsubscribe("http.server.response.finish", receive) };
}
