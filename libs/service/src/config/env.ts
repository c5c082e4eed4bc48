import 'reflect-metadata';
import { IsBoolean, IsInt, IsNotEmpty, IsString } from 'class-validator';

/** How a field of a configuration class is read. */
export interface EnvField {
  readonly property: string;
  readonly variable: string;
  readonly type: unknown;
  readonly default?: string;
  /** Never shown. Also read from the file that `<variable>_FILE` names. */
  readonly secret: boolean;
}

const fields = new WeakMap<object, EnvField[]>();

/** Fills a field from an environment variable; a string, number or boolean, or strings separated by commas. */
export function Env(variable: string, options: { readonly default?: string; readonly secret?: boolean } = {}) {
  return (target: object, property: string): void => {
    const type: unknown = Reflect.getMetadata('design:type', target, property);
    const own = fields.get(target) ?? [];
    own.push({ property, variable, type, default: options.default, secret: options.secret ?? false });
    fields.set(target, own);
    validatorsOf(type, options.default).forEach((decorate) => decorate(target, property));
  };
}

/** The fields of a class and of those it extends; the nearest declaration of a field wins. */
export function envFields(cls: new () => object): readonly EnvField[] {
  const byProperty = new Map<string, EnvField>();
  for (let at: object | null = cls.prototype as object; at; at = Object.getPrototypeOf(at) as object | null) {
    for (const field of fields.get(at) ?? []) if (!byProperty.has(field.property)) byProperty.set(field.property, field);
  }
  return [...byProperty.values()];
}

function validatorsOf(type: unknown, fallback: string | undefined): PropertyDecorator[] {
  if (type === Number) return [IsInt()];
  if (type === Boolean) return [IsBoolean()];
  if (type === Array) return [IsString({ each: true })];
  return fallback === '' ? [IsString()] : [IsString(), IsNotEmpty()];
}
