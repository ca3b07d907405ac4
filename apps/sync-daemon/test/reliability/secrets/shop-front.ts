import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import type { PlantedSecrets } from "./planted-secrets.ts";

/**
 * What the shop does with what it was told: `passes` it on to the sandbox; answers with an error that `echoes` the
 * request's password, token and link, as careless programs do; hands out a link to a `foreign-host`.
 */
export type ShopManners = "passes" | "echoes" | "foreign-host";

export interface ShopFront {
  readonly origin: string;
  manners: ShopManners;
  /** How often it did something else than pass on. */
  readonly misbehaved: number;
}

/** Stands in front of the sandbox's shop and plants every token and link that passes. */
export async function startShopFront(shop: string, planted: PlantedSecrets): Promise<ShopFront> {
  const front = { origin: "", manners: "passes" as ShopManners, misbehaved: 0 };
  let lastLink = "";

  async function answer(request: IncomingMessage): Promise<{ status: number; type: string; body: string }> {
    const sent = await buffer(request);
    const path = request.url ?? "/";
    const asksForLink = path.includes("/download-link");
    const signsIn = path.endsWith("/jwt-auth/v1/token");
    if (front.manners === "echoes" && (asksForLink || signsIn)) {
      front.misbehaved += 1;
      const said = `Refused: ${request.headers.authorization ?? ""} ${sent.toString()} ${lastLink}`;
      return json(403, { code: `refused ${said}`, message: said, data: { request: said } });
    }
    const headers = Object.entries(request.headers).filter(
      ([name]) => !["host", "connection", "content-length"].includes(name),
    );
    const answered = await fetch(shop + path, {
      method: request.method ?? "GET",
      headers: headers.map(([name, value]) => [name, String(value)] as [string, string]),
      ...(sent.length > 0 ? { body: new Uint8Array(sent) } : {}),
      redirect: "manual",
    });
    let body = await answered.text();
    const { token, download_url: link } = parseObject(body);
    if (typeof token === "string") planted.add("token", token);
    if (typeof link === "string") {
      lastLink = front.manners === "foreign-host" ? link.replace(/^https?:\/\/[^/]+/, "https://cdn.example.com") : link;
      if (lastLink !== link) {
        front.misbehaved += 1;
        body = JSON.stringify({ download_url: lastLink });
      }
      planted.addLink(lastLink);
    }
    return { status: answered.status, type: answered.headers.get("content-type") ?? "", body };
  }

  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, type, body }) => response.writeHead(status, { "content-type": type }).end(body),
      (error: unknown) => response.destroy(error as Error),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  front.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return front;
}

function json(status: number, value: unknown) {
  return { status, type: "application/json", body: JSON.stringify(value) };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
