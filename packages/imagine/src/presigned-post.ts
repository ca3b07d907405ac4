import { z } from "zod";
import { extensionOf, type FileKind, isSupportedName } from "./data-types.ts";
import { isRecord } from "./json-values.ts";

/** A presigned form: whoever holds it may upload one file, until its policy ends. Plain JSON. */
export interface UploadForm {
  readonly url: string;
  /** To be sent unchanged and in this order, before the file. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Conditions of a policy that can be checked before a byte is sent. */
export interface UploadPolicy {
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number | null;
  readonly minBytes: number | null;
  readonly maxBytes: number | null;
  /** Wanted values of fields, by lower-case name: exact ones and beginnings. */
  readonly fields: readonly { readonly name: string; readonly match: "eq" | "starts-with"; readonly value: string }[];
}

/** Why a form cannot be used, before anything is sent. */
export interface FormProblem {
  readonly code:
    | "upload-form-expired"
    | "upload-form-invalid"
    | "upload-too-large"
    | "upload-too-small"
    | "upload-type-mismatch";
  readonly why: string;
}

const formSchema = z.looseObject({
  url: z.string().trim().min(1),
  fields: z.record(z.string(), z.union([z.string(), z.number().transform(String)])),
});

/** Reads `{url, fields}`; `null` for everything else. */
export function readUploadForm(value: unknown): UploadForm | null {
  const form = formSchema.safeParse(value);
  return form.success ? { url: form.data.url, fields: form.data.fields } : null;
}

/** A field of a form by its name, in which case does not count. */
export function fieldOf(form: UploadForm, name: string): string | undefined {
  return Object.entries(form.fields).find(([given]) => given.toLowerCase() === name)?.[1];
}

/** Decodes the form's `policy` (base64 of JSON); `null` where there is none that can be read. Never throws. */
export function readUploadPolicy(form: UploadForm): UploadPolicy | null {
  const encoded = fieldOf(form, "policy");
  if (encoded === undefined) return null;
  let policy: unknown;
  try {
    policy = JSON.parse(Buffer.from(encoded, "base64").toString("utf8"));
  } catch {
    return null; // The service signs it, not we; S3 will say what is wrong with it.
  }
  if (!isRecord(policy)) return null;
  const expiresAtMs = typeof policy.expiration === "string" ? Date.parse(policy.expiration) : Number.NaN;
  let minBytes: number | null = null;
  let maxBytes: number | null = null;
  const fields: { name: string; match: "eq" | "starts-with"; value: string }[] = [];
  for (const condition of Array.isArray(policy.conditions) ? policy.conditions : []) {
    if (Array.isArray(condition)) {
      const [kind, first, second] = condition as unknown[];
      const match = String(kind).toLowerCase();
      if (match === "content-length-range") {
        // Several ranges must all hold.
        minBytes = mostOf(minBytes, bytesOf(first));
        maxBytes = leastOf(maxBytes, bytesOf(second));
      } else if ((match === "eq" || match === "starts-with") && typeof first === "string") {
        fields.push({ name: first.replace(/^\$/, "").toLowerCase(), match, value: String(second) });
      }
    } else if (isRecord(condition)) {
      for (const [name, value] of Object.entries(condition)) {
        fields.push({ name: name.toLowerCase(), match: "eq", value: String(value) });
      }
    }
  }
  return { expiresAtMs: Number.isFinite(expiresAtMs) ? expiresAtMs : null, minBytes, maxBytes, fields };
}

/** Source: Amazon S3, "POST object": the form data before the file may have 20 KB. */
const maxFieldBytes = 20_000;

/** What S3 would refuse, found before a byte is sent; `null` where nothing speaks against the form. */
export function findFormProblem(
  form: UploadForm,
  file: { kind: FileKind; bytes: number; name: string | null; now: number },
): FormProblem | null {
  const names = Object.keys(form.fields).map((name) => name.toLowerCase());
  if (!names.includes("key")) return { code: "upload-form-invalid", why: "it has no field key" };
  if (names.includes("file")) return { code: "upload-form-invalid", why: "it has a field file of its own" };
  const fieldBytes = Object.entries(form.fields).reduce((sum, pair) => sum + Buffer.byteLength(pair.join("")), 0);
  if (fieldBytes > maxFieldBytes) {
    return { code: "upload-form-invalid", why: `its fields have ${fieldBytes} bytes, and S3 takes 20 KB` };
  }
  const policy = readUploadPolicy(form);
  return (policy === null ? null : findPolicyProblem(policy, form, file)) ?? findTypeProblem(form, file);
}

function findPolicyProblem(
  policy: UploadPolicy,
  form: UploadForm,
  { bytes, now }: { bytes: number; now: number },
): FormProblem | null {
  const { expiresAtMs, minBytes, maxBytes } = policy;
  if (expiresAtMs !== null && expiresAtMs <= now) {
    return { code: "upload-form-expired", why: `it ended at ${new Date(expiresAtMs).toISOString()}` };
  }
  if (maxBytes !== null && bytes > maxBytes) {
    return { code: "upload-too-large", why: `the file has ${bytes} bytes, and ${maxBytes} are allowed` };
  }
  if (minBytes !== null && bytes < minBytes) {
    return { code: "upload-too-small", why: `the file has ${bytes} bytes, and at least ${minBytes} are wanted` };
  }
  for (const { name, match, value } of policy.fields) {
    // The bucket is part of the address, not a field.
    if (name === "bucket") continue;
    const given = fieldOf(form, name);
    const holds = match === "eq" ? given === value : (given ?? "").startsWith(value);
    if (!holds) return { code: "upload-form-invalid", why: `its field ${name} is not what its policy wants` };
  }
  return null;
}

const contentTypeOfExtension: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
};

/** The form was made for one name; a file of another kind under that name would only be refused later, by the job. */
function findTypeProblem(
  form: UploadForm,
  { kind, name }: { kind: FileKind; name: string | null },
): FormProblem | null {
  const given = name === null ? "" : extensionOf(name);
  if (given === "") return null;
  if (!isSupportedName(kind, given)) {
    return { code: "upload-type-mismatch", why: `${given} is no ${kind === "model" ? "3D model" : "PNG or JPEG"}` };
  }
  const wanted = extensionOf(fieldOf(form, "key") ?? "");
  const same = (extension: string) => (extension === ".jpeg" ? ".jpg" : extension);
  if (isSupportedName(kind, wanted) && same(wanted) !== same(given)) {
    return { code: "upload-type-mismatch", why: `it was made for a ${wanted} file, and this is a ${given} file` };
  }
  const wantedType = fieldOf(form, "content-type")?.toLowerCase();
  const givenType = contentTypeOfExtension[given];
  // Models have many content types in use; of pictures there is one each.
  if (kind === "thumbnail" && wantedType !== undefined && givenType !== undefined && wantedType !== givenType) {
    return wantedType.startsWith("image/")
      ? { code: "upload-type-mismatch", why: `it was made for ${wantedType}, and this is a ${given} file` }
      : null;
  }
  return null;
}

function bytesOf(value: unknown): number | null {
  const bytes = typeof value === "string" ? Number(value) : value;
  return typeof bytes === "number" && Number.isFinite(bytes) && bytes >= 0 ? bytes : null;
}

function mostOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

function leastOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
