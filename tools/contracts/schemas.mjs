import { getMetadataStorage } from 'class-validator';
import { targetConstructorToSchema, validationMetadatasToSchemas } from 'class-validator-jsonschema';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { cloudEventType, factClasses, factMeta } from '@throughline/contracts';

const options = { classTransformerMetadataStorage: defaultMetadataStorage, classValidatorMetadataStorage: getMetadataStorage() };

/** JSON Schema (draft 2020-12) of one fact's `data`, the nested classes under `$defs`. */
export function factSchema(cls) {
  const all = validationMetadatasToSchemas({ ...options, refPointerPrefix: '#/$defs/' });
  const root = targetConstructorToSchema(cls, { ...options, refPointerPrefix: '#/$defs/' });
  const defs = {};
  collect(root, all, defs);
  const meta = factMeta(cls);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: cls.name,
    description: `Data of the fact ${cloudEventType(meta.type)}`,
    ...root,
    ...(Object.keys(defs).length > 0 ? { $defs: defs } : {}),
  };
}

function collect(schema, all, defs) {
  for (const [, name] of JSON.stringify(schema).matchAll(/"#\/\$defs\/([^"]+)"/g)) {
    if (defs[name]) continue;
    if (!all[name]) throw new Error(`no schema for the nested class ${name}`);
    defs[name] = all[name];
    collect(all[name], all, defs);
  }
}

/** File name and schema of every fact class. */
export function factSchemas() {
  return Object.fromEntries(factClasses().map((cls) => [`libs/contracts/schemas/${factMeta(cls).type}.v1.json`, factSchema(cls)]));
}
