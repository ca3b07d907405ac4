import { request } from "node:http";
import { documentedUserAgent, type Sandbox } from "../src/index.ts";

/** What came back, and the error's code where the connection broke off. */
export interface Answer {
  status: number | undefined;
  headers: Record<string, string | undefined>;
  /** As received, not decompressed. */
  bytes: Buffer;
  failure: string | undefined;
}

export interface Asking {
  method?: string;
  /** Added to the documented ones; null leaves one out. */
  headers?: Record<string, string | null>;
  body?: string | Buffer;
  /** Gives up after this many milliseconds without anything arriving; for stalls. */
  giveUpAfterMs?: number;
  /** Drops the connection as soon as the body begins. */
  leaveAtFirstByte?: boolean;
}

/** One request over a connection of its own, without any help of a client: no redirects, no decompressing, no retries. */
export function ask(url: string, asking: Asking = {}): Promise<Answer> {
  const all = { "user-agent": documentedUserAgent, "accept-encoding": "gzip", ...asking.headers };
  const headers = Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null));
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let answer: Omit<Answer, "bytes" | "failure"> = { status: undefined, headers: {} };
    const finish = (failure: string | undefined) => resolve({ ...answer, bytes: Buffer.concat(chunks), failure });
    const sending = request(url, { method: asking.method ?? "GET", headers, agent: false }, (response) => {
      answer = { status: response.statusCode, headers: response.headers as Answer["headers"] };
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (asking.leaveAtFirstByte === true) sending.destroy();
      });
      response.on("end", () => finish(undefined));
      response.on("error", (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    });
    sending.on("error", (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    if (asking.giveUpAfterMs !== undefined) {
      sending.setTimeout(asking.giveUpAfterMs, () =>
        sending.destroy(Object.assign(new Error("stalled"), { code: "STALLED" })),
      );
    }
    sending.end(asking.body);
  });
}

export function jsonOf(answer: Answer): unknown {
  return JSON.parse(answer.bytes.toString("utf8"));
}

/** Signs in with the sample account, or another one. */
export async function signInTo(sandbox: Sandbox, username = "artist@example.com"): Promise<string> {
  const answer = await ask(`${sandbox.origins.shop}/wp-json/jwt-auth/v1/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username, password: "sandbox" }),
  });
  return (jsonOf(answer) as { token: string }).token;
}

/** Product 132622 of the sample shop: one archive, not a freebie. */
export const bowl = {
  productId: 132622,
  downloadId: "fa13063a-3f85-5ae1-a3d8-cd2534121844",
  file: "Decor_Bowl_Glazed_02_Blender.zip",
};
/** Product 132611 of the sample shop: a freebie. */
export const vase = {
  productId: 132611,
  downloadId: "3308b6c5-c2dd-5fb9-a768-7d3df999557a",
  file: "Decor_Vase_Clay_01_Blender.zip",
};

export interface Download {
  productId: number;
  downloadId: string;
}

export function askForLink(sandbox: Sandbox, token: string, download: Download = bowl): Promise<Answer> {
  const query = new URLSearchParams({ product_id: String(download.productId), download_id: download.downloadId });
  const url = `${sandbox.origins.shop}/wp-json/imeshh/product-information/download-link?${query}`;
  return ask(url, { headers: { authorization: `Bearer ${token}` } });
}

/** Asks for a link and gives its URL; the test fails where the shop refuses. */
export async function linkTo(sandbox: Sandbox, token: string, download: Download = bowl): Promise<string> {
  const answer = await askForLink(sandbox, token, download);
  if (answer.status !== 200) throw new Error(`The shop refused the link: ${answer.status} ${answer.bytes}`);
  return (jsonOf(answer) as { download_url: string }).download_url;
}

/** Waits for a condition; fails after five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 500) throw new Error("The condition was not met within 5 s.");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
