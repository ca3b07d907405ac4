import type { Finding } from "../domain/diagnosis/finding.ts";
import { formatEvidence, type SpendEvidence } from "../domain/support/evidence.ts";
import { formatFindings } from "./doctor.ts";

/** Everything that goes into a bundle, before secrets and names are struck from it. */
export interface BundleParts {
  readonly madeAt: string;
  readonly versions: readonly string[];
  readonly configuration: readonly string[];
  readonly findings: readonly Finding[];
  readonly status: readonly string[];
  readonly failures: readonly string[];
  readonly spends: readonly SpendEvidence[];
  readonly downloadLimit: number;
  readonly log: readonly string[];
}

/** One text that a person can read from top to bottom before sending it. */
export function formatBundle(parts: BundleParts): string {
  const section = (title: string, lines: readonly string[]) => ["", `== ${title} ==`, ...lines];
  const plain = { style: (_style: unknown, text: string) => text };
  return [
    `Support bundle of asset-sync, made ${parts.madeAt}`,
    "Passwords, tokens, links, user names and the name of the home folder were taken out; paths below it begin with ~.",
    ...section("Versions", parts.versions),
    ...section("Configuration (what is not at its default)", parts.configuration),
    ...section("What doctor found", formatFindings(parts.findings, plain)),
    ...section("Status", parts.status),
    ...section("What the last sync could not do", parts.failures.length === 0 ? ["Nothing is known."] : parts.failures),
    ...section("For the shop: what was asked for, by our ledger", [
      "If your server counts more downloads of a product than are completed here, these are the times to look for.",
      ...formatEvidence(parts.spends, parts.downloadLimit),
    ]),
    ...section("The end of the log", parts.log.length === 0 ? ["There is none."] : parts.log),
    "",
  ].join("\n");
}
