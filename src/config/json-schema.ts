// The part of JSON Schema that the settings schemas use, as plain data.

/** A schema, or a part of one. TypeBox schemas are such objects. */
export interface JsonSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  /** Ours: completes "... is not" for text that does not fit the pattern. */
  readonly expects?: string;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** The words that a schema of fixed words allows; undefined for any other schema. */
export function allowedTexts(schema: JsonSchema): readonly string[] | undefined {
  if (schema.anyOf?.every((one) => one.const !== undefined) !== true) return undefined;
  return schema.anyOf.map((one) => String(one.const));
}

/** The part of a schema that rules the value at a path; undefined where the schema has no such place. */
export function schemaAt(schema: JsonSchema, path: readonly (string | number)[]): JsonSchema | undefined {
  let here: JsonSchema | undefined = schema;
  for (const step of path) {
    if (here === undefined) return undefined;
    // Of text or a block, the block is the one with places.
    here = here.anyOf?.find((one) => one.properties !== undefined) ?? here;
    if (typeof step === 'number') here = here.items;
    else if (here.properties !== undefined) {
      here = Object.hasOwn(here.properties, step) ? here.properties[step] : undefined;
    } else here = Object.values(here.patternProperties ?? {})[0];
  }
  return here;
}
