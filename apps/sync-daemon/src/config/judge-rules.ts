import { z } from "zod";
import { Failure } from "../domain/failure.ts";
import type { WantedRule } from "../domain/wanted.ts";
import { configSchema } from "./config.schema.ts";
import { explainIssue } from "./explain-issue.ts";

const rulesOnly = z.object({ imeshh: z.object({ wanted: configSchema.shape.imeshh.unwrap().shape.wanted }) });

/** Rules that stand in no file yet, judged as those of the configuration are. Throws `config-invalid`. */
export function judgeRules(rules: readonly unknown[]): WantedRule[] {
  const value = { imeshh: { wanted: rules } };
  const parsed = rulesOnly.safeParse(value);
  if (parsed.success) return parsed.data.imeshh.wanted;
  const said = parsed.error.issues.flatMap((issue) => explainIssue(issue, value));
  const sentences = said.map(({ path, text }) => `Rule ${Number(path[2] ?? 0) + 1}: ${text.replace(/\.$/, "")}.`);
  throw new Failure("config-invalid", [...new Set(sentences)].join(" "));
}
