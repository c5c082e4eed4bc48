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
  additionalConverters: { isIso8601: { type: 'string', format: 'date-time' } },
} as SchemaOptions;

/** Gathers the schemas of classes, with those of the classes nested in them. */
export class Schemas {
  private readonly byName = new Map<string, { readonly cls: Type; readonly schema: JsonSchema }>();

  /** A reference to the schema of a class. */
  refTo(cls: Type): JsonSchema {
    this.add(cls);
    return { $ref: refPrefix + cls.name };
  }

  /** The schema of a class itself. */
  of(cls: Type): JsonSchema {
    this.add(cls);
    return this.byName.get(cls.name)!.schema;
  }

  /** `components.schemas`. */
  all(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.byName].sort(([a], [b]) => a.localeCompare(b)).map(([name, { schema }]) => [name, schema]));
  }

  private add(cls: Type): void {
    const known = this.byName.get(cls.name);
    if (known && known.cls !== cls) throw new Error(`two classes of the interface are named ${cls.name}: rename one`);
    if (known) return;
    const schema = { ...targetConstructorToSchema(cls, options), additionalProperties: false } as JsonSchema;
    this.byName.set(cls.name, { cls, schema });
    for (const property of Object.keys(schema.properties ?? {})) {
      const nested = nestedType(cls, property);
      if (nested) this.add(nested);
    }
  }
}

const plainTypes: readonly unknown[] = [Number, String, Boolean, Date, Object];

function nestedType(cls: Type, property: string): Type | undefined {
  for (let at: unknown = cls; typeof at === 'function' && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    const found = defaultMetadataStorage.findTypeMetadata(at, property)?.typeFunction();
    if (found) return plainTypes.includes(found) ? undefined : found;
  }
  return undefined;
}
