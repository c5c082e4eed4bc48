/** What is wrong with a document, before its lines are known. */
export type Tell = (pointer: string, detail: string) => void;

/** A piece of a document that nobody has checked yet; tells what is wrong with it and goes on, so that all flaws are told at once. */
export class MappingNode {
  constructor(
    readonly value: unknown,
    private readonly tell: Tell,
    private readonly pointer = '',
    /** How paths into a result are written. */
    readonly paths: 'json' | 'xml' = 'json',
  ) {}

  inXml(): MappingNode {
    return new MappingNode(this.value, this.tell, this.pointer, 'xml');
  }

  get present(): boolean {
    return this.value !== undefined;
  }

  get isList(): boolean {
    return Array.isArray(this.value);
  }

  get isObject(): boolean {
    return typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value);
  }

  /** Its own name in place of what it says: names of conditions are paths. */
  named(name: string): MappingNode {
    return new MappingNode(name, this.tell, this.pointer, this.paths);
  }

  refuse(detail: string): void {
    this.tell(this.pointer, detail);
  }

  /** The members by name; those that are not known are refused. */
  members<K extends string>(known: readonly K[]): (name: K) => MappingNode {
    const object = this.object();
    for (const name of Object.keys(object)) {
      if (!known.some((one) => one === name)) this.below(object, name).refuse(`is not known here; known are ${known.join(', ')}`);
    }
    return (name) => this.below(object, name);
  }

  /** All members, whatever their names. */
  entries(max: number): readonly (readonly [string, MappingNode])[] {
    const object = this.object();
    const names = Object.keys(object);
    if (names.length > max) this.refuse(`has ${names.length} members; at most ${max} are allowed`);
    return names.slice(0, max).map((name) => [name, this.below(object, name)]);
  }

  items(max: number): readonly MappingNode[] {
    if (!Array.isArray(this.value)) {
      this.refuse('must be a list');
      return [];
    }
    if (this.value.length > max) this.refuse(`has ${this.value.length} items; at most ${max} are allowed`);
    return this.value.slice(0, max).map((item, index) => new MappingNode(item, this.tell, `${this.pointer}/${index}`, this.paths));
  }

  /** A list, or the one thing that stands for a list of one. */
  several(max: number): readonly MappingNode[] {
    return this.isList ? this.items(max) : [this];
  }

  text(max: number): string {
    if (typeof this.value !== 'string' || this.value.trim() === '') this.refuse('must be a text');
    else if (this.value.length > max) this.refuse(`has more than ${max} characters`);
    else return this.value;
    return '';
  }

  oneOf<W extends string>(words: readonly W[]): W {
    const word = words.find((one) => one === this.value);
    if (word === undefined) this.refuse(`must be one of ${words.join(', ')}`);
    return word ?? words[0]!;
  }

  flag(): boolean {
    if (typeof this.value !== 'boolean') this.refuse('must be true or false');
    return this.value === true;
  }

  private object(): Readonly<Record<string, unknown>> {
    if (this.isObject) return this.value as Readonly<Record<string, unknown>>;
    this.refuse('must be a mapping of names to values');
    return {};
  }

  private below(object: Readonly<Record<string, unknown>>, name: string): MappingNode {
    const token = name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');
    return new MappingNode(Object.hasOwn(object, name) ? object[name] : undefined, this.tell, `${this.pointer}/${token}`, this.paths);
  }
}
