import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";

export interface Relay {
  readonly origin: string;
  /** The bodies that went through, oldest first; the journal of the sandbox keeps none. */
  readonly bodies: string[];
  close(): Promise<void>;
}

/** Passes everything on to another origin on this machine, unchanged, and keeps what was sent. */
export async function startRelay(target: string): Promise<Relay> {
  const bodies: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      bodies.push(body.toString("latin1"));
      const { method, headers } = incoming;
      // Not from URL: it would tidy the path.
      const { hostname, port } = new URL(target);
      const onward = forward({ hostname, port, path: incoming.url, method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    bodies,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
