import { z } from "zod";
import { configSchema } from "./config.schema.ts";

/** File name of the schema that `init` puts beside `config.jsonc`, and of the checked-in copy. */
export const jsonSchemaFileName = "config.schema.json";

/** The configuration as JSON Schema (2020-12), so that editors complete keys and mark slips. Made from the zod schema. */
export function formatJsonSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: "input" });
  return `${JSON.stringify({ ...schema, title: "asset-sync configuration", allowTrailingCommas: true }, null, 2)}\n`;
}
