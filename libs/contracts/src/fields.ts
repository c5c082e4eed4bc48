import 'reflect-metadata';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Type } from 'class-transformer';
import { commitForm } from './ids.ts';

type Decorator = (target: object, property: string | symbol) => void;

const nestedClasses = new Map<unknown, Map<string, () => new () => object>>();

/** The class of the objects in a field; undefined for a field of plain values. */
export function nestedClassOf(cls: new () => object, property: string): (() => new () => object) | undefined {
  return nestedClasses.get(cls)?.get(property);
}

function holds(cls: () => new () => object): Decorator {
  return (target, property) => {
    const own = nestedClasses.get(target.constructor) ?? new Map<string, () => new () => object>();
    nestedClasses.set(target.constructor, own.set(String(property), cls));
  };
}

function all(...decorators: readonly Decorator[]): Decorator {
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}

/** Text of at most `max` characters (UTF-16 units). */
export const Text = (max = 512): Decorator => all(IsString(), MaxLength(max));

/** A git object id: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits. */
export const CommitId = (): Decorator => all(Matches(commitForm));

/** A content digest, `sha256:` and 64 hex digits. */
export const Digest = (): Decorator => all(Matches(/^sha256:[0-9a-f]{64}$/));

/** A whole number ≥ `min`, safe in JSON. */
export const Count = (min = 0): Decorator => all(IsInt(), Min(min), Max(Number.MAX_SAFE_INTEGER));

/** A list of whole numbers ≥ 0, at most `max`. */
export const Counts = (max = 1000): Decorator => all(IsArray(), ArrayMaxSize(max), IsInt({ each: true }), Min(0, { each: true }));

/** A finite number within bounds. */
export const Fraction = (min: number, max: number): Decorator => all(IsNumber(), Min(min), Max(max));

/** A time in ISO 8601, UTC. */
export const Time = (): Decorator => all(IsISO8601({ strict: true }), MaxLength(40));

/** A truth value. */
export const Flag = (): Decorator => all(IsBoolean());

/** One word of a closed list. */
export const OneOf = (words: readonly string[]): Decorator => all(IsIn([...words]));

/** The field may be left out. */
export const Maybe = (): Decorator => all(IsOptional());

/** A nested object of the given class. */
export const Nested = (cls: () => new () => object): Decorator => all(ValidateNested(), Type(cls), holds(cls));

/** A list of nested objects, at most `max`. */
export const ListOf = (cls: () => new () => object, max = 1000): Decorator =>
  all(IsArray(), ArrayMaxSize(max), ValidateNested({ each: true }), Type(cls), holds(cls));

/** A list of texts, at most `max` of at most `length` characters each. */
export const Texts = (max = 1000, length = 512): Decorator =>
  all(IsArray(), ArrayMaxSize(max), IsString({ each: true }), MaxLength(length, { each: true }));
