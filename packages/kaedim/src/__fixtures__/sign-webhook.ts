import { createHmac } from "node:crypto";

/** The header `kaedim-signature` as Kaedim's webhook page makes it. */
export function signatureOf(parts: { secret: string; body: string; t: number | string }): string {
  const { secret, body, t } = parts;
  return JSON.stringify({ t, v1: createHmac("sha256", secret).update(`${t}${body}`).digest("hex") });
}
