import type { Type } from '@nestjs/common';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { targetConstructorToSchema } from 'class-validator-jsonschema';

/** A JSON Schema (2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>> & {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
};

const refPrefix = '#/components/schemas/';

type SchemaOptions = NonNullable<Parameters<typeof targetConstructorToSchema>[1]>;

const options = {
  classTransformerMetadataStorage: defaultMetadataStorage as unknown as SchemaOptions['classTransformerMetadataStorage'],
  refPointerPrefix: refPrefix,
  // Bounds come without a type, which would make a number of a whole number.
  additionalConverters: {
    isIso8601: { type: 'string', format: 'date-time' },
    min: ({ constraints }: { constraints: number[] }) => ({ minimum: constraints[0] }),
    max: ({ constraints }: { constraints: number[] }) => ({ maximum: constraints[0] }),
  },
} as SchemaOptions;

interface Known {
  readonly cls: Type;
  schema: JsonSchema;
}

/** Gathers the schemas of classes, with those of the classes nested in them. */
export class Schemas {
  private readonly byName = new Map<string, Known>();

  /** A reference to the schema of a class; closed for what is sent to us, where unknown fields are refused. */
  refTo(cls: Type, use: { readonly closed?: boolean } = {}): JsonSchema {
    this.add(cls, use.closed ?? false);
    return { $ref: refPrefix + cls.name };
  }

  /** The schema of a class itself. */
  of(cls: Type): JsonSchema {
    return this.add(cls, false).schema;
  }

  /** `components.schemas`. */
  all(): Record<string, JsonSchema> {
    const sorted = [...this.byName].sort(([a], [b]) => a.localeCompare(b));
    return Object.fromEntries(sorted.map(([name, { schema }]) => [name, withNulls(schema)]));
  }

  /** Those of them that a document refers to, by way of others too: of a query the fields stand in the document itself. */
  used(document: object): Record<string, JsonSchema> {
    const all = this.all();
    const found = new Set<string>();
    const open = [JSON.stringify(document)];
    for (let text = open.pop(); text !== undefined; text = open.pop()) {
      for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
        if (found.has(name!) || !all[name!]) continue;
        found.add(name!);
        open.push(JSON.stringify(all[name!]));
      }
    }
    return Object.fromEntries(Object.entries(all).filter(([name]) => found.has(name)));
  }

  private add(cls: Type, closed: boolean): Known {
    const known = this.byName.get(cls.name) ?? { cls, schema: targetConstructorToSchema(cls, options) as JsonSchema };
    if (known.cls !== cls) throw new Error(`two classes of the interface are named ${cls.name}: rename one`);
    const isDone = this.byName.has(cls.name) && (!closed || known.schema['additionalProperties'] === false);
    if (isDone) return known;
    if (closed) known.schema = { ...known.schema, additionalProperties: false };
    this.byName.set(cls.name, known);
    for (const property of Object.keys(known.schema.properties ?? {})) {
      const nested = nestedType(cls, property);
      if (nested) this.add(nested, closed);
    }
    return known;
  }
}

/** What may be left out may be null as well: that is what the validators accept and what answers contain. */
function withNulls(schema: JsonSchema): JsonSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const needed = schema.required?.includes(name) ?? false;
    return [name, needed ? property : { anyOf: [property, { type: 'null' }] }] as const;
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

const plainTypes: readonly unknown[] = [Number, String, Boolean, Date, Object];

function nestedType(cls: Type, property: string): Type | undefined {
  for (let at: unknown = cls; typeof at === 'function' && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    const found = defaultMetadataStorage.findTypeMetadata(at, property)?.typeFunction();
    if (found) return plainTypes.includes(found) ? undefined : found;
  }
  return undefined;
}
