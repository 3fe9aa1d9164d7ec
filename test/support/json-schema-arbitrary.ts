import fc from 'fast-check';

export interface JsonSchema {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
}

/** Values that mostly fit a JSON schema, as far as its words are understood here. */
export function fitting(schema: JsonSchema, resolve: (ref: string) => JsonSchema): fc.Arbitrary<unknown> {
  const of = (inner: JsonSchema) => fitting(inner, resolve);
  if (schema.$ref !== undefined) return of(resolve(schema.$ref));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(of));
  if (schema.allOf !== undefined)
    return fc.tuple(...schema.allOf.map(of)).map((parts) => Object.assign({}, ...parts) as unknown);
  switch (schema.type) {
    case 'object':
      return recordOf(Object.entries(schema.properties ?? {}), new Set(schema.required), of);
    case 'array':
      return fc.array(of(schema.items ?? {}), { maxLength: Math.min(schema.maxItems ?? 4, 4) });
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -10, max: Math.min(schema.maximum ?? 1e9, 1e9) });
    case 'number':
      return fc.double({ min: schema.minimum ?? -10, max: schema.maximum ?? 1e9, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      if (schema.format === 'date') return fc.constantFrom('2026-11-21', '2027-02-28', '1999-01-01');
      if (schema.format === 'email') return fc.constant('kari@example.org');
      // Which numbers check does not stand in the schema.
      if (schema.pattern === '^\\d{9}$') return fc.constantFrom('310000019', '310000027', '310000000');
      if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern, 'u'), { maxLength: 64 });
      return fc
        .string({ unit: 'grapheme', maxLength: Math.min(schema.maxLength ?? 40, 40) - 1 })
        .map((text) => `a${text}`.slice(0, schema.maxLength));
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

/** Few of the optional fields at a time: else some fault hides in nearly every object. */
const recordOf = (
  properties: [string, JsonSchema][],
  required: ReadonlySet<string>,
  of: (schema: JsonSchema) => fc.Arbitrary<unknown>,
) =>
  fc
    .tuple(
      ...properties.map(([name, schema]) =>
        required.has(name)
          ? of(schema)
          : fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: of(schema) }),
      ),
    )
    .map((values) =>
      Object.fromEntries(
        properties.flatMap(([name], i) => (values[i] === undefined ? [] : [[name, values[i]] as const])),
      ),
    );
