/** A policy as far as it decides about a form. */
export interface Policy {
  expiresAtMs: number;
  conditions: Condition[];
}

export type Condition =
  /** `text` is the condition as errors quote it. */
  | { kind: "eq" | "starts-with"; field: string; value: string; text: string }
  | { kind: "content-length-range"; min: number; max: number };

/** Decodes the base64 text of a form; the reason follows S3's `Invalid Policy: `. */
export function parsePolicy(text: string): Policy | { reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, "base64").toString("utf8"));
  } catch {
    return { reason: "Invalid JSON." };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { reason: "Invalid JSON." };
  const { expiration, conditions } = value as { expiration?: unknown; conditions?: unknown };
  if (typeof expiration !== "string") return { reason: "Policy missing expiration." };
  const expiresAtMs = Date.parse(expiration);
  if (Number.isNaN(expiresAtMs)) return { reason: `Invalid 'expiration' value: '${expiration}'` };
  if (!Array.isArray(conditions)) return { reason: "Policy missing conditions." };
  const read: Condition[] = [];
  for (const condition of conditions as unknown[]) {
    const parsed = parseCondition(condition);
    if (parsed === undefined) return { reason: "Invalid Simple-Condition." };
    read.push(...parsed);
  }
  return { expiresAtMs, conditions: read };
}

function parseCondition(condition: unknown): Condition[] | undefined {
  if (Array.isArray(condition)) {
    const [operator, first, second] = condition as unknown[];
    if (condition.length !== 3) return undefined;
    if (operator === "content-length-range") return [{ kind: operator, min: Number(first), max: Number(second) }];
    if ((operator !== "eq" && operator !== "starts-with") || typeof first !== "string" || !first.startsWith("$"))
      return undefined;
    return [conditionOf(operator, first.slice(1), String(second))];
  }
  if (typeof condition !== "object" || condition === null) return undefined;
  return Object.entries(condition).map(([field, value]) => conditionOf("eq", field, String(value)));
}

function conditionOf(kind: "eq" | "starts-with", field: string, value: string): Condition {
  return { kind, field: field.toLowerCase(), value, text: `["${kind}", "$${field}", "${value}"]` };
}

/** Fields that need no condition, by Amazon's document. */
const freeFields = ["x-amz-signature", "file", "policy", "awsaccesskeyid", "signature", "bucket"];

/**
 * Why the form does not satisfy the policy, in S3's words; undefined where it does. Names of fields ignore case.
 * @param fields those before the file, with names in lower case; the bucket's name as `bucket`.
 */
export function brokenCondition(policy: Policy, fields: ReadonlyMap<string, string>): string | undefined {
  const covered = new Set<string>();
  for (const condition of policy.conditions) {
    if (condition.kind === "content-length-range") continue;
    const { kind, field, value, text } = condition;
    const given = fields.get(field) ?? "";
    // A field may be sent with several of the listed types; each begins as the condition says.
    const holds = kind === "eq" ? given === value && fields.has(field) : given.startsWith(value);
    if (!holds) return `Policy Condition failed: ${text}`;
    covered.add(field);
  }
  const extra = [...fields.keys()].filter(
    (name) => !covered.has(name) && !freeFields.includes(name) && !name.startsWith("x-ignore-"),
  );
  return extra.length === 0 ? undefined : `Extra input fields: ${extra.join(", ")}`;
}

/** The size range of the policy; without one everything fits. */
export function sizeRange(policy: Policy): { min: number; max: number } {
  const range = policy.conditions.find((condition) => condition.kind === "content-length-range");
  return range ?? { min: 0, max: Number.POSITIVE_INFINITY };
}
