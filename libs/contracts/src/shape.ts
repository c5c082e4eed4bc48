import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { nestedClassOf } from './fields.ts';

type Class = new () => object;
type Check = (value: unknown, object: object) => boolean;

/** A field of a class, as its decorators declare it. */
interface Field {
  readonly name: string;
  readonly isAsked: Check;
  readonly checks: readonly Check[];
  readonly isNested: boolean;
  /** What a nested value becomes when it is read. */
  readonly nested: (() => Class) | undefined;
}

const shapes = new Map<unknown, readonly Field[]>();

/**
 * True when `validateSync` would find nothing. It asks the same validators, but sorts out once per class which ones: the
 * library does so for each object and looks through all classes for it, which was a fifth of what a webhook costs.
 */
export function isValid(object: object): boolean {
  return fieldsOf(object.constructor).every((field) => {
    const value = (object as Readonly<Record<string, unknown>>)[field.name];
    if (!field.isAsked(value, object)) return true;
    return field.checks.every((holds) => holds(value, object)) && (!field.isNested || isValidNested(value));
  });
}

/** An instance with the declared fields of parsed JSON, and no others; what they hold is not checked. */
export function instanceOf(cls: Class, plain: object): object {
  const made = new cls() as Record<string, unknown>;
  for (const { name, nested } of fieldsOf(cls)) {
    if (!Object.hasOwn(plain, name)) continue;
    const value = (plain as Readonly<Record<string, unknown>>)[name];
    made[name] = nested ? nestedOf(nested(), value) : value;
  }
  return made;
}

function nestedOf(cls: Class, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => nestedOf(cls, each));
  return typeof value === 'object' && value !== null ? instanceOf(cls, value) : value;
}

function isValidNested(value: unknown): boolean {
  if (value === undefined) return true;
  if (Array.isArray(value)) return value.every(isValidNested);
  return value instanceof Object && isValid(value);
}

function fieldsOf(cls: unknown): readonly Field[] {
  const known = shapes.get(cls);
  if (known) return known;
  const declared = getMetadataStorage().getTargetValidationMetadatas(cls as Class, '', false, false);
  const fields = [...Map.groupBy(declared, ({ propertyName }) => propertyName)].map(([name, of]) => fieldOf(cls as Class, name, of));
  shapes.set(cls, fields);
  return fields;
}

type Declared = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

function fieldOf(cls: Class, name: string, declared: readonly Declared[]): Field {
  const of = (type: string): readonly Declared[] => declared.filter((one) => one.type === type);
  const conditions = of(ValidationTypes.CONDITIONAL_VALIDATION).map(
    ({ constraints }) => constraints[0] as (object: object, value: unknown) => boolean,
  );
  return {
    name,
    isAsked: (value, object) => conditions.every((holds) => holds(object, value)),
    checks: of(ValidationTypes.CUSTOM_VALIDATION).flatMap(checksOf),
    isNested: of(ValidationTypes.NESTED_VALIDATION).length > 0,
    nested: nestedClassOf(cls, name),
  };
}

function checksOf({ constraintCls, constraints, each, propertyName: property }: Declared): readonly Check[] {
  return getMetadataStorage()
    .getTargetValidatorConstraints(constraintCls)
    .map(({ instance }): Check => {
      const holds = (value: unknown, object: object): boolean =>
        instance.validate(value, { value, constraints, object, property, targetName: object.constructor.name }) === true;
      if (!each) return holds;
      return (value, object) => (Array.isArray(value) ? value.every((one) => holds(one, object)) : holds(value, object));
    });
}
