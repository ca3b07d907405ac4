import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { Agent, request } from "node:http";
import { Socket } from "node:net";
import { healthSchema } from "../api/contract/api-file.ts";
import { otherRoutes } from "../api/contract/operations.ts";

const maxHealthBytes = 10_000;

/**
 * Opens a connection to the daemon and lets it prove, on this very connection, that it knows the token: a program that
 * took the port over, also a moment ago, hears neither the token nor what is asked. Requests go over the returned agent,
 * which never opens a second connection. Destroy it afterwards.
 *
 * Undefined when whoever listens there cannot prove it, or the address is not on this machine. Throws Node's own error
 * when nobody listens, or when `signal` aborts.
 */
export async function openProvenConnection(to: {
  address: string;
  token: string;
  signal: AbortSignal;
}): Promise<Agent | undefined> {
  const nonce = randomBytes(24).toString("hex");
  const url = URL.parse(`${otherRoutes.health.path}?nonce=${nonce}`, to.address);
  if (url === null || url.protocol !== "http:" || !["127.0.0.1", "[::1]"].includes(url.hostname)) return undefined;
  const agent = new SingleConnection({ keepAlive: true, maxSockets: 1 });
  try {
    const health = healthSchema.safeParse(parseJson(await fetchText(url, agent, to.signal))).data;
    const expected = createHmac("sha256", to.token).update(nonce).digest();
    const given = Buffer.from(health?.proof ?? "", "hex");
    if (given.length === expected.length && timingSafeEqual(given, expected)) return agent;
  } catch (error) {
    agent.destroy();
    throw error;
  }
  agent.destroy();
  return undefined;
}

class SingleConnection extends Agent {
  #isOpened = false;

  override createConnection(...[options, callback]: Parameters<Agent["createConnection"]>) {
    if (!this.#isOpened) {
      this.#isOpened = true;
      return super.createConnection(options, callback);
    }
    // Nothing was sent yet, so it is as if nobody had been there.
    const ended = Object.assign(new Error("the proven connection ended"), { code: "ECONNREFUSED" });
    callback?.(ended, new Socket());
    return undefined;
  }
}

async function fetchText(url: URL, agent: Agent, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const sent = request(url, { agent, signal }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      text += chunk;
      if (text.length > maxHealthBytes) sent.destroy(new Error("the answer is too long"));
    });
    response.once("end", () => resolve(text));
    response.once("error", reject);
  });
  sent.once("error", reject);
  sent.end();
  return promise;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
