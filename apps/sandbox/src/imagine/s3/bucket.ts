import type { Clock } from "../../clock.ts";
import type { Exchange } from "../../hosts/exchange.ts";
import { bytesBody, escapeMarkup, type Reply, textReply } from "../../http/reply.ts";
import { brokenCondition, parsePolicy, sizeRange } from "./policy.ts";
import { credentialOf, parseAmzDate, type SigningKey, signPolicy } from "./signature.ts";
import { type S3ErrorCode, s3Error } from "./xml-error.ts";

/** What is kept of an upload: its bytes are not. */
export interface StoredObject {
  key: string;
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
  md5: string;
  uploadedAt: string;
}

/** An error that uploads meet although nothing is wrong with them. */
export interface UploadFailure {
  code: S3ErrorCode;
  /** How often; default 1. */
  times?: number | undefined;
  /** Another status than the code's own, for example 200. */
  status?: number | undefined;
  /** Whether the file is stored all the same, and only the answer is wrong. */
  afterStoring?: boolean | undefined;
  /** Where redirects lead. */
  endpoint?: string | undefined;
}

export interface Bucket {
  name: string;
  origin: () => string;
  signingKey: SigningKey;
  securityToken: string;
  objects: Map<string, StoredObject>;
  /** Those still to come, in order. */
  failures: UploadFailure[];
}

export function createBucket(settings: { secret: string; origin: () => string }): Bucket {
  return {
    name: "sandbox-imagine-media",
    origin: settings.origin,
    signingKey: { accessKeyId: "AKIASANDBOX000000000", secretKey: settings.secret, region: "us-east-1" },
    securityToken: "c2FuZGJveC1zZWN1cml0eS10b2tlbg==",
    objects: new Map(),
    failures: [],
  };
}

/** Fields before the file may have so many bytes together. */
const maxBytesBeforeFile = 20_480;
const maxSkewMs = 15 * 60 * 1000;

export interface BucketParts {
  bucket: Bucket;
  clock: Clock;
  chunked: "NotImplemented" | "MissingContentLength";
  /** Refuses what comes behind the file, which S3 itself leaves unread. */
  strict: boolean;
}

/** The bucket behind the upload forms: POST of a form to its root, and nothing else. */
export function answerBucket(exchange: Exchange, parts: BucketParts): Reply {
  const { method, headers, path } = exchange;
  if (method !== "POST") {
    const isKnown = ["GET", "HEAD", "PUT", "DELETE"].includes(method);
    return isKnown
      ? s3Error("AccessDenied")
      : s3Error("MethodNotAllowed", { extra: { Method: method, ResourceType: "BUCKET" } });
  }
  if (path !== "/") return s3Error("MethodNotAllowed", { extra: { Method: method, ResourceType: "OBJECT" } });
  if (headers["transfer-encoding"] !== undefined && parts.chunked === "NotImplemented")
    return s3Error("NotImplemented", { extra: { Header: "Transfer-Encoding" } });
  if (headers["content-length"] === undefined) return s3Error("MissingContentLength");
  const failure = parts.bucket.failures[0];
  if (failure === undefined) return receiveForm(exchange, parts);
  const left = (failure.times ?? 1) - 1;
  if (left <= 0) parts.bucket.failures.shift();
  else failure.times = left;
  if (failure.afterStoring === true) receiveForm(exchange, parts);
  const { code, status, endpoint } = failure;
  const extra: Record<string, string> = endpoint === undefined ? {} : { Endpoint: endpoint, Bucket: parts.bucket.name };
  return s3Error(code, {
    extra,
    ...(status === undefined ? {} : { status }),
    ...(endpoint === undefined ? {} : { headers: { location: endpoint } }),
  });
}

function receiveForm({ form, headers }: Exchange, parts: BucketParts): Reply {
  const { bucket, clock, strict } = parts;
  if (form === undefined && !/^multipart\/form-data/i.test(headers["content-type"] ?? ""))
    return s3Error("PreconditionFailed", {
      extra: { Condition: "Bucket POST must be of the enclosure-type multipart/form-data" },
    });
  if (form === undefined || form.problem !== undefined) return s3Error("MalformedPOSTRequest");
  if (form.bytesBeforeFile > maxBytesBeforeFile)
    return s3Error("MaxPostPreDataLengthExceeded", { extra: { MaxPostPreDataLengthBytes: maxBytesBeforeFile } });
  const files = form.parts.filter((part) => part.kind === "file");
  const [file] = files;
  if (file === undefined || files.length > 1 || file.name !== "file")
    return invalidArgument("file", files.length, "POST requires exactly one file upload per request.");
  const position = form.parts.indexOf(file);
  if (strict && position < form.parts.length - 1)
    return invalidArgument(
      "file",
      form.parts.at(-1)?.name ?? "",
      "The sandbox is strict: file must be the last field.",
    );
  const fields = new Map<string, string>([["bucket", bucket.name]]);
  for (const part of form.parts.slice(0, position)) {
    if (part.kind !== "field") continue;
    const name = part.name.toLowerCase();
    if (fields.has(name) && name !== "bucket")
      return invalidArgument(part.name, part.value, "The field was sent twice.");
    fields.set(name, part.value);
  }
  const key = fields.get("key");
  if (key === undefined || key === "") {
    const sentence =
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.";
    return invalidArgument("key", "", sentence);
  }
  return (
    wrongSignature(fields, parts) ??
    brokenPolicy(fields, file.bytes, parts) ??
    store({ key, bytes: file.bytes, sha256: file.sha256, md5: file.md5, uploadedAt: isoTime(clock) }, fields, bucket)
  );
}

function isoTime(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}

function invalidArgument(name: string, value: string | number, message: string): Reply {
  return s3Error("InvalidArgument", { message, extra: { ArgumentName: name, ArgumentValue: value } });
}

function wrongSignature(fields: ReadonlyMap<string, string>, { bucket, clock }: BucketParts): Reply | undefined {
  const { signingKey } = bucket;
  const policy = fields.get("policy");
  if (policy === undefined) return s3Error("AccessDenied");
  for (const name of ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"]) {
    if (fields.has(name)) continue;
    return invalidArgument(
      name,
      "",
      `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    );
  }
  const [algorithm = "", credential = "", amzDate = "", signature = ""] = [
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-signature",
  ].map((name) => fields.get(name) ?? "");
  if (algorithm !== "AWS4-HMAC-SHA256")
    return invalidArgument("x-amz-algorithm", algorithm, 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  const accessKeyId = credential.split("/")[0] ?? "";
  if (accessKeyId !== signingKey.accessKeyId)
    return s3Error("InvalidAccessKeyId", { extra: { AWSAccessKeyId: accessKeyId } });
  const signedAtMs = parseAmzDate(amzDate);
  if (signedAtMs === undefined || credential !== credentialOf(signingKey, amzDate))
    return invalidArgument("x-amz-credential", credential, "Error parsing the X-Amz-Credential parameter.");
  if (signature !== signPolicy(signingKey, amzDate.slice(0, 8), policy)) {
    const extra = {
      AWSAccessKeyId: accessKeyId,
      StringToSign: policy,
      SignatureProvided: signature,
      StringToSignBytes: Buffer.from(policy)
        .toString("hex")
        .replace(/(..)(?=.)/g, "$1 "),
    };
    return s3Error("SignatureDoesNotMatch", { extra });
  }
  if (signedAtMs > clock.now() + maxSkewMs) {
    const extra = { RequestTime: amzDate, ServerTime: isoTime(clock), MaxAllowedSkewMilliseconds: maxSkewMs };
    return s3Error("RequestTimeTooSkewed", { extra });
  }
  const token = fields.get("x-amz-security-token");
  if (token !== undefined && token !== bucket.securityToken)
    return s3Error("InvalidToken", { extra: { "Token-0": token } });
  return undefined;
}

function brokenPolicy(fields: ReadonlyMap<string, string>, bytes: number, { clock }: BucketParts): Reply | undefined {
  const policy = parsePolicy(fields.get("policy") ?? "");
  if ("reason" in policy) return s3Error("InvalidPolicyDocument", { message: `Invalid Policy: ${policy.reason}` });
  const denied = (reason: string) => s3Error("AccessDenied", { message: `Invalid according to Policy: ${reason}` });
  if (clock.now() >= policy.expiresAtMs) return denied("Policy expired.");
  const broken = brokenCondition(policy, fields);
  if (broken !== undefined) return denied(broken);
  const { min, max } = sizeRange(policy);
  if (bytes > max) return s3Error("EntityTooLarge", { extra: { ProposedSize: bytes, MaxSizeAllowed: max } });
  if (bytes < min) return s3Error("EntityTooSmall", { extra: { ProposedSize: bytes, MinSizeAllowed: min } });
  return undefined;
}

function store(object: StoredObject, fields: ReadonlyMap<string, string>, bucket: Bucket): Reply {
  bucket.objects.set(object.key, object);
  const location = `${bucket.origin()}/${encodeURIComponent(object.key)}`;
  const headers = { server: "AmazonS3", etag: `"${object.md5}"`, location };
  const redirect = URL.parse(fields.get("success_action_redirect") ?? "");
  if (redirect !== null) {
    redirect.searchParams.set("bucket", bucket.name);
    redirect.searchParams.set("key", object.key);
    redirect.searchParams.set("etag", `"${object.md5}"`);
    return { status: 303, headers: { ...headers, location: redirect.href }, body: bytesBody(Buffer.alloc(0)) };
  }
  const status = fields.get("success_action_status");
  if (status === "201") {
    const elements = { Location: location, Bucket: bucket.name, Key: object.key, ETag: `"${object.md5}"` };
    const xml = Object.entries(elements)
      .map(([name, value]) => `<${name}>${escapeMarkup(value)}</${name}>`)
      .join("");
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>${xml}</PostResponse>`;
    return textReply(201, "application/xml", text, headers);
  }
  return { status: status === "200" ? 200 : 204, headers, body: bytesBody(Buffer.alloc(0)) };
}
