import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** Somebody else's web site. Its page holds the attacks; what comes to it otherwise is noted. */
export interface HostileServer {
  readonly port: number;
  /** Cookies that browsers sent here, whole headers. */
  readonly cookies: readonly string[];
  close(): Promise<void>;
}

const script = readFileSync(fileURLToPath(new URL("attack-page.mjs", import.meta.url)));
/** The page and its script in one, for places where only one answer can be had. */
export const hostilePage = `<!doctype html><title>Free assets</title><body><script>${script}</script>`;

export async function startHostileServer(address: string): Promise<HostileServer> {
  const cookies: string[] = [];
  const server = createServer((request, response) => {
    if (request.headers.cookie !== undefined) cookies.push(request.headers.cookie);
    response.setHeader("content-type", "text/html; charset=utf-8");
    // A site may set cookies for its host, and browsers then send them to all ports of it.
    if (request.url?.startsWith("/set-cookie?") === true) {
      response.setHeader("set-cookie", `${decodeURIComponent(request.url.slice("/set-cookie?".length))}; Path=/`);
    }
    response.end(hostilePage);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    cookies,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
