import { createServer, request as sendOn } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it was sent. */
export interface SentRequest {
  method: string;
  /** Without the base path; percent-encoding kept. */
  path: string;
  /** Decoded `name=value`, in order. */
  query: string[];
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** An answer that a test prepared. */
export interface Canned {
  status?: number;
  headers?: Record<string, string>;
  /** Objects are sent as JSON. */
  body?: unknown;
}

export interface Relay extends AsyncDisposable {
  /** To be given as `baseUrl`. */
  baseUrl: string;
  sent: SentRequest[];
  /** Answers the next request; without one it is sent on. */
  answerNext(answer: Canned): void;
}

const basePath = "/app/v1";

/** A server on loopback that keeps every request whole, and answers as told or sends it on to `target`. */
export async function openRelay(target?: string): Promise<Relay> {
  const sent: SentRequest[] = [];
  const prepared: Canned[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "", "http://relay");
      const body = Buffer.concat(chunks);
      sent.push({
        method: request.method ?? "",
        path: url.pathname.startsWith(basePath) ? url.pathname.slice(basePath.length) : `outside: ${url.pathname}`,
        query: [...url.searchParams].map(([name, value]) => `${name}=${value}`),
        headers: request.headers,
        body,
      });
      const canned = prepared.shift();
      if (canned !== undefined) {
        const isRaw = canned.body === undefined || typeof canned.body === "string" || canned.body instanceof Uint8Array;
        response.writeHead(canned.status ?? 200, {
          ...(isRaw ? {} : { "content-type": "application/json" }),
          ...canned.headers,
        });
        response.end(isRaw ? canned.body : JSON.stringify(canned.body));
        return;
      }
      if (target === undefined) {
        response.writeHead(501).end("no answer was prepared");
        return;
      }
      const { expect: _, ...headers } = request.headers;
      const on = sendOn(new URL(request.url ?? "", target), { method: request.method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      on.on("error", (error) => response.destroy(error));
      on.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}${basePath}`,
    sent,
    answerNext: (answer) => void prepared.push(answer),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
