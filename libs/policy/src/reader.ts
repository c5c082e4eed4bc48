import type { Flaw } from './refusal.ts';

/** Reads untrusted data piece by piece, collects what is wrong with it and goes on, so that all flaws are told at once. */
export class Reader {
  readonly pointer: string;
  readonly #value: unknown;
  readonly #flaws: Flaw[];

  constructor(value: unknown, flaws: Flaw[], pointer = '') {
    this.#value = value;
    this.#flaws = flaws;
    this.pointer = pointer;
  }

  get present(): boolean {
    return this.#value !== undefined;
  }

  get isText(): boolean {
    return typeof this.#value === 'string';
  }

  refuse(detail: string): void {
    if (this.#flaws.length < 50) this.#flaws.push({ pointer: this.pointer, detail });
  }

  /** The members by name; members that are not `known` are refused. */
  members(known: readonly string[]): (name: string) => Reader {
    const value = this.#value;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject) this.refuse('must be a mapping');
    const object = isObject ? (value as Readonly<Record<string, unknown>>) : {};
    for (const name of Object.keys(object)) {
      if (!known.includes(name)) this.#member(object, name).refuse(`is not known here; known are ${known.join(', ')}`);
    }
    return (name) => this.#member(object, name);
  }

  items(max: number): readonly Reader[] {
    const value = this.#value;
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.refuse('must be a list');
      return [];
    }
    if (value.length > max) this.refuse(`has ${value.length} items; at most ${max} are allowed`);
    return value.slice(0, max).map((item, index) => new Reader(item, this.#flaws, `${this.pointer}/${index}`));
  }

  text(max: number, fallback?: string): string {
    if (this.#value === undefined && fallback !== undefined) return fallback;
    if (typeof this.#value !== 'string' || this.#value.trim() === '') this.refuse('must be a text');
    else if (this.#value.length > max) this.refuse(`has more than ${max} characters`);
    else return this.#value.trim();
    return '';
  }

  optionalText(max: number): string | undefined {
    return this.present ? this.text(max) : undefined;
  }

  oneOf<const W extends string>(words: readonly W[], fallback?: W): W {
    if (this.#value === undefined && fallback !== undefined) return fallback;
    if (words.includes(this.#value as W)) return this.#value as W;
    this.refuse(`must be one of ${words.join(', ')}`);
    return words[0]!;
  }

  flag(fallback: boolean): boolean {
    if (this.#value === undefined) return fallback;
    if (typeof this.#value !== 'boolean') this.refuse('must be true or false');
    return this.#value === true;
  }

  number(min: number, max: number, fallback: number): number {
    if (this.#value === undefined) return fallback;
    const value = this.#value;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    this.refuse(`must be a number between ${min} and ${max}`);
    return fallback;
  }

  #member(object: Readonly<Record<string, unknown>>, name: string): Reader {
    const token = name.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100);
    return new Reader(Object.hasOwn(object, name) ? object[name] : undefined, this.#flaws, `${this.pointer}/${token}`);
  }
}
