import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedWebhook {
  method: string | undefined;
  url: string | undefined;
  headers: Record<string, string | undefined>;
  body: string;
}

/** A receiver of webhooks on loopback; it answers 200, or does what `answer` says. */
export async function receiveWebhooks(answer: "ok" | "redirect" | "never" = "ok") {
  const received: ReceivedWebhook[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = request.headers as ReceivedWebhook["headers"];
    received.push({ method: request.method, url: request.url, headers, body: Buffer.concat(chunks).toString() });
    if (answer === "ok") response.end();
    if (answer === "redirect") response.writeHead(307, { location: "/elsewhere" }).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/kaedim/hook?path=1`,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
