import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Type } from '@nestjs/common';
import * as contracts from '@throughline/contracts';
import ts from 'typescript';
import { Schemas } from './schemas.ts';

const sources = fileURLToPath(new URL('../../../contracts/src/', import.meta.url));

interface Declared {
  readonly name: string;
  readonly properties: readonly string[];
}

/** The classes of a file with the fields they declare, as they stand in the source. */
function classesIn(file: string): Declared[] {
  const found: Declared[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isClassDeclaration(node) && node.name) {
      const fields = node.members.filter(ts.isPropertyDeclaration).map((member) => member.name.getText());
      found.push({ name: node.name.text, properties: fields });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true));
  return found;
}

const files = ['api', 'events'].flatMap((folder) => readdirSync(`${sources}${folder}`).map((name) => `${sources}${folder}/${name}`));
const declared = files.flatMap(classesIn);

describe('the schema of a class', () => {
  it.each(declared.map((cls) => [cls.name, cls] as const))('misses no field of %s', (name, { properties }) => {
    const cls = (contracts as Record<string, unknown>)[name] as Type;

    const schema = new Schemas().of(cls);

    expect(Object.keys(schema.properties ?? {})).toEqual(expect.arrayContaining([...properties]));
    for (const [field, property] of Object.entries(schema.properties ?? {}))
      expect([field, Object.keys(property)]).not.toEqual([field, []]);
  });

  it('brings along the classes nested in it', () => {
    const schemas = new Schemas();

    schemas.refTo(contracts.DecisionMade);

    expect(Object.keys(schemas.all())).toEqual(
      expect.arrayContaining(['DecisionMade', 'DecisionReason', 'DecisionSubject', 'JudgedPolicy', 'ReasonFinding']),
    );
    expect(schemas.of(contracts.DecisionMade)).toMatchObject({
      properties: {
        subject: { $ref: '#/components/schemas/DecisionSubject' },
        reasons: { type: 'array', items: { $ref: '#/components/schemas/DecisionReason' } },
      },
    });
  });

  it('tells whole numbers from others, and what is refused from what is answered', () => {
    const schemas = new Schemas();

    schemas.refTo(contracts.FindingState);
    schemas.refTo(contracts.NewSource, { closed: true });

    expect(schemas.of(contracts.FindingState)).toMatchObject({
      properties: { line: { type: 'integer', minimum: 1 }, epss: { type: 'number', maximum: 1 } },
    });
    expect(schemas.of(contracts.FindingState)).not.toHaveProperty('additionalProperties');
    expect(schemas.of(contracts.SourceScope)).toHaveProperty('additionalProperties', false);
  });

  it('tells two classes of one name apart by refusing them', () => {
    const first = class Thing {};
    const second = class Thing {};
    const schemas = new Schemas();
    schemas.refTo(first);

    expect(() => schemas.refTo(second)).toThrow(/two classes of the interface are named Thing/);
  });
});
