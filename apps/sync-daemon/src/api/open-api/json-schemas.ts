import { z } from "zod";

export type JsonSchema = { [key: string]: unknown };

/** Gathers the schemas of a document under `#/components/schemas`, each once. */
export interface JsonSchemas {
  /** A reference to the component of this name. One name stands for one schema. */
  refer(name: string, schema: z.ZodType, direction: "input" | "output"): JsonSchema;
  /** The schema itself, for places that want its parts. */
  describe(schema: z.ZodType, direction: "input" | "output"): JsonSchema;
  components(): Readonly<Record<string, JsonSchema>>;
}

/**
 * Schemas as JSON Schema 2020-12, which OpenAPI 3.1 uses. What callers send must be named (`additionalProperties: false`);
 * what they get may gain keys later, so a reader passes over those it does not know.
 */
export function createJsonSchemas(): JsonSchemas {
  const components = new Map<string, JsonSchema>();

  const put = (name: string, schema: JsonSchema): void => {
    const before = components.get(name);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(schema))
      throw new Error(`Two schemas are called ${name}.`);
    components.set(name, schema);
  };
  const describe = (schema: z.ZodType, direction: "input" | "output"): JsonSchema => {
    const made: JsonSchema = z.toJSONSchema(schema, {
      io: direction,
      unrepresentable: "any",
      override({ jsonSchema }) {
        if (direction === "output" && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      },
    });
    const { $schema: _, $defs, ...rest } = made;
    if ($defs === undefined) return rest;
    // What refers to itself is any JSON, once for each place that has it. In the document it has one place.
    const definitions = Object.entries($defs as Record<string, JsonSchema>);
    const moved = (part: JsonSchema): JsonSchema =>
      JSON.parse(JSON.stringify(part).replaceAll(/"#\/\$defs\/\w+"/g, '"#/components/schemas/Json"'));
    for (const [, definition] of definitions) {
      const { anyOf } = definition;
      if (!Array.isArray(anyOf) || anyOf.length !== 6)
        throw new Error(`A schema refers to itself and is not z.json(): ${JSON.stringify(definition)}`);
      put("Json", moved(definition));
    }
    return moved(rest);
  };

  return {
    describe,
    refer(name, schema, direction) {
      put(name, describe(schema, direction));
      return { $ref: `#/components/schemas/${name}` };
    },
    components: () =>
      Object.fromEntries([...components].toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))),
  };
}
