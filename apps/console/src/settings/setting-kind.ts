import type { Setting } from "@org/sync-daemon/contract/settings";

export type SettingKind =
  | { readonly kind: "switch" }
  | { readonly kind: "number"; readonly isNullable: boolean }
  | { readonly kind: "choice"; readonly choices: readonly string[] }
  | { readonly kind: "list" }
  | { readonly kind: "text"; readonly isNullable: boolean }
  /** Edited elsewhere, or only in the file. */
  | { readonly kind: "shown" };

const choicesOf: Readonly<Record<string, readonly string[]>> = {
  "imeshh.updates": ["ask", "auto", "never"],
  "imeshh.shop": ["imeshh", "sample-shop"],
  "log.level": ["debug", "info", "warn", "error"],
};
/** Null by default, so that the value does not say what they hold. */
const nullableNumbers: ReadonlySet<string> = new Set(["limits.bandwidthMegabytesPerSecond"]);

/** Which field a setting gets: by its key where that is known, else by what it holds and its default is. */
export function kindOfSetting({
  key,
  value,
  default: byDefault,
}: Pick<Setting, "key" | "value" | "default">): SettingKind {
  const choices = choicesOf[key];
  if (choices !== undefined) return { kind: "choice", choices };
  const example = byDefault ?? value;
  if (nullableNumbers.has(key)) return { kind: "number", isNullable: true };
  if (typeof example === "boolean") return { kind: "switch" };
  if (typeof example === "number") return { kind: "number", isNullable: byDefault === null };
  if (Array.isArray(example) && example.every((one) => typeof one === "string") && key !== "imeshh.wanted")
    return { kind: "list" };
  if (example === null || typeof example === "string") return { kind: "text", isNullable: byDefault === null };
  return { kind: "shown" };
}

/** What a person typed as the value of a setting; undefined where it cannot be one, which the daemon would not say better. */
export function parseTyped(text: string, kind: SettingKind): string | number | string[] | null | undefined {
  const trimmed = text.trim();
  switch (kind.kind) {
    case "number": {
      if (trimmed === "") return kind.isNullable ? null : undefined;
      const number = Number(trimmed.replace(",", "."));
      return Number.isFinite(number) ? number : undefined;
    }
    case "list":
      return text
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
    case "text":
      return trimmed === "" && kind.isNullable ? null : trimmed;
    case "choice":
      return text;
    default:
      return undefined;
  }
}

/** A setting's value as the text of its field. */
export function formatTyped(value: Setting["value"]): string {
  if (value === null) return "";
  if (Array.isArray(value)) return value.join("\n");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
