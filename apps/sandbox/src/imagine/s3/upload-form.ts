import type { ImagineSettings } from "../settings.ts";
import type { Bucket } from "./bucket.ts";
import { credentialOf, formatAmzDate, signPolicy } from "./signature.ts";

/** A presigned POST: where to send it, and the fields to send unchanged. */
export interface UploadForm {
  url: string;
  fields: Record<string, string>;
}

/** Makes the form as boto3 does: every field has its condition, and the policy is signed. */
export function createUploadForm(request: {
  bucket: Bucket;
  key: string;
  upload: ImagineSettings["upload"];
  nowMs: number;
}): UploadForm {
  const { bucket, key, upload, nowMs } = request;
  const amzDate = formatAmzDate(nowMs);
  const signed: Record<string, string> = {
    ...(upload.contentType === null ? {} : { "Content-Type": upload.contentType }),
    ...(upload.successStatus === null ? {} : { success_action_status: upload.successStatus }),
    key,
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": credentialOf(bucket.signingKey, amzDate),
    "x-amz-date": amzDate,
    ...(upload.securityToken ? { "x-amz-security-token": bucket.securityToken } : {}),
  };
  const policy = Buffer.from(
    JSON.stringify({
      expiration: `${new Date(nowMs + upload.lifeMs).toISOString().slice(0, 19)}Z`,
      conditions: [
        { bucket: bucket.name },
        ["content-length-range", upload.minBytes, upload.maxBytes],
        ...Object.entries(signed).map(([name, value]) => ({ [name]: value })),
      ],
    }),
  ).toString("base64");
  const signature = signPolicy(bucket.signingKey, amzDate.slice(0, 8), policy);
  return { url: `${bucket.origin()}/`, fields: { ...signed, policy, "x-amz-signature": signature } };
}
