import type { Sandbox } from "../src/index.ts";
import { type Answer, type Asking, ask, jsonOf } from "./ask.ts";

/** Calls Kaedim with API key and JWT; headers of the call replace them, null leaves one out. */
export function askKaedim(sandbox: Sandbox, path: string, jwt: string, asking: Asking = {}): Promise<Answer> {
  return ask(`${sandbox.origins.kaedim}/api/v1${path}`, {
    ...asking,
    headers: { "x-api-key": sandbox.kaedim.credentials().apiKey, authorization: `Bearer ${jwt}`, ...asking.headers },
  });
}

export function jsonAsking(value: unknown, headers: Asking["headers"] = {}): Asking {
  return { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}

/** What the smallest right `process` carries. */
export function smallestOrder(sandbox: Sandbox) {
  return {
    devID: sandbox.kaedim.credentials().devId,
    LoQ: "standard",
    imageUrls: ["https://example.com/a.png"],
  };
}

/** Sends an order and gives its id; the test fails where it is refused. */
export async function order(sandbox: Sandbox, jwt: string, fields: object = {}): Promise<string> {
  const answer = await askKaedim(sandbox, "/process", jwt, jsonAsking({ ...smallestOrder(sandbox), ...fields }));
  if (answer.status !== 201) throw new Error(`Kaedim refused: ${answer.status} ${answer.bytes}`);
  return (jsonOf(answer) as { requestID: string }).requestID;
}

export interface Asset {
  requestID: string;
  createdAt: string;
  polycount?: string | null;
  image: string[];
  iterations:
    | null
    | {
        iterationID: string;
        status: string;
        results?: Record<string, string> | null;
        dismissedReason: string | null;
      }[];
}

export async function fetchAsset(sandbox: Sandbox, jwt: string, requestID: string): Promise<Asset> {
  const { devId } = sandbox.kaedim.credentials();
  return jsonOf(await askKaedim(sandbox, `/fetchRequest?devID=${devId}&requestID=${requestID}`, jwt)) as Asset;
}
