import type { TextEdit } from './text-edit.ts';

/** A text that is not JSON, or nests deeper than any lock file. */
export class JsonTextRefused extends Error {
  readonly code = 'json_text_refused';
}

/** A JSON value with its place in the text, so that one value can change and every other byte stays. */
export type JsonNode =
  | { readonly kind: 'object'; readonly start: number; readonly end: number; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly start: number; readonly end: number; readonly items: readonly JsonNode[] }
  | { readonly kind: 'scalar'; readonly start: number; readonly end: number; readonly value: string | number | boolean | null };

export interface JsonMember {
  readonly key: string;
  readonly start: number;
  readonly value: JsonNode;
}

export type JsonObject = Extract<JsonNode, { kind: 'object' }>;

const maxDepth = 100;

/** Reads JSON with places. Throws `JsonTextRefused`. */
export function readJson(text: string): JsonNode {
  const reader = new Reader(text);
  const node = reader.value(0);
  reader.end();
  return node;
}

/** The member of an object; undefined for any other node. The last one counts, as in `JSON.parse`. */
export function memberOf(node: JsonNode | undefined, key: string): JsonMember | undefined {
  return node?.kind === 'object' ? node.members.findLast((member) => member.key === key) : undefined;
}

export function objectAt(node: JsonNode | undefined, key: string): JsonObject | undefined {
  const value = memberOf(node, key)?.value;
  return value?.kind === 'object' ? value : undefined;
}

export function textAt(node: JsonNode | undefined, key: string): string | undefined {
  const value = memberOf(node, key)?.value;
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
}

/** Replaces a value by a string. */
export function writeText(node: JsonNode, text: string): TextEdit {
  return { start: node.start, end: node.end, text: JSON.stringify(text) };
}

/** Takes members out together with the commas and lines that were their own. */
export function removeMembers(object: JsonObject, keys: readonly string[]): readonly TextEdit[] {
  const { members } = object;
  const edits: TextEdit[] = [];
  for (let from = 0; from < members.length; from += 1) {
    if (!keys.includes(members[from]!.key)) continue;
    let to = from;
    while (to + 1 < members.length && keys.includes(members[to + 1]!.key)) to += 1;
    const next = members[to + 1];
    const start = next ? members[from]!.start : from > 0 ? members[from - 1]!.value.end : object.start + 1;
    edits.push({ start, end: next ? next.start : members[to]!.value.end, text: '' });
    from = to;
  }
  return edits;
}

class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  value(depth: number): JsonNode {
    if (depth > maxDepth) throw new JsonTextRefused(`it nests deeper than ${maxDepth} levels`);
    this.space();
    const start = this.at;
    const char = this.text[start];
    if (char === '{') return this.object(start, depth);
    if (char === '[') return this.array(start, depth);
    const value = char === '"' ? this.string() : this.word();
    return { kind: 'scalar', start, end: this.at, value };
  }

  end(): void {
    this.space();
    if (this.at < this.text.length) throw this.fault();
  }

  private object(start: number, depth: number): JsonNode {
    const members: JsonMember[] = [];
    this.list('}', () => {
      const at = this.at;
      const key = this.string();
      this.space();
      this.expect(':');
      members.push({ key, start: at, value: this.value(depth + 1) });
    });
    return { kind: 'object', start, end: this.at, members };
  }

  private array(start: number, depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.list(']', () => items.push(this.value(depth + 1)));
    return { kind: 'array', start, end: this.at, items };
  }

  private list(close: string, item: () => void): void {
    this.at += 1;
    this.space();
    if (this.text[this.at] === close) {
      this.at += 1;
      return;
    }
    for (;;) {
      this.space();
      item();
      this.space();
      if (this.text[this.at] === close) break;
      this.expect(',');
    }
    this.at += 1;
  }

  private string(): string {
    const start = this.at;
    if (this.text[start] !== '"') throw this.fault();
    for (this.at += 1; this.text[this.at] !== '"'; this.at += 1) {
      if (this.at >= this.text.length) throw this.fault();
      if (this.text[this.at] === '\\') this.at += 1;
    }
    this.at += 1;
    return this.parsed(start) as string;
  }

  private word(): number | boolean | null {
    const start = this.at;
    while (/[-+.\w]/.test(this.text[this.at] ?? '')) this.at += 1;
    if (this.at === start) throw this.fault();
    return this.parsed(start) as number | boolean | null;
  }

  private parsed(start: number): unknown {
    try {
      return JSON.parse(this.text.slice(start, this.at)) as unknown;
    } catch {
      this.at = start;
      throw this.fault();
    }
  }

  private space(): void {
    while (' \t\r\n\ufeff'.includes(this.text[this.at] ?? 'x')) this.at += 1;
  }

  private expect(char: string): void {
    if (this.text[this.at] !== char) throw this.fault();
    this.at += 1;
  }

  private fault(): JsonTextRefused {
    const line = this.text.slice(0, this.at).split('\n').length;
    return new JsonTextRefused(`it is not JSON at line ${line}`);
  }
}
