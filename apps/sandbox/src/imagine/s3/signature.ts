import { createHmac } from "node:crypto";

/** The credential behind upload forms, in the form that its scope has inside a form. */
export interface SigningKey {
  accessKeyId: string;
  secretKey: string;
  region: string;
}

/** `20260216T110949Z` */
export function formatAmzDate(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** Milliseconds since 1970, or undefined where the text is no such date. */
export function parseAmzDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** `AKIA…/20260216/us-east-1/s3/aws4_request` */
export function credentialOf(key: SigningKey, amzDate: string): string {
  return `${key.accessKeyId}/${amzDate.slice(0, 8)}/${key.region}/s3/aws4_request`;
}

/** Signature version 4 of a policy: hexadecimal, over the base64 text as it stands in the form. */
export function signPolicy(key: SigningKey, day: string, policy: string): string {
  const hmac = (secret: string | Buffer, text: string) => createHmac("sha256", secret).update(text).digest();
  const dayKey = hmac(`AWS4${key.secretKey}`, day);
  const signingKey = hmac(hmac(hmac(dayKey, key.region), "s3"), "aws4_request");
  return createHmac("sha256", signingKey).update(policy).digest("hex");
}
