import { satisfies, valid } from '@renovatebot/pep440';
import { normalName } from './names.ts';

/** A condition on the machine that installs (PEP 508). */
export type Marker =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Marker[] }
  | { readonly kind: 'compare'; readonly variable: string; readonly operator: string; readonly value: string; readonly flipped: boolean };

/** What is known of a machine; a variable that is not there may be anything. */
export interface Machine {
  readonly variables: Readonly<Record<string, string>>;
  readonly extras: ReadonlySet<string>;
}

const token = /\s*(?:(\()|(\))|(and|or)\b|(not\s+in|in)\b|(===|~=|==|!=|<=|>=|<|>)|"([^"]*)"|'([^']*)'|([A-Za-z_][\w.]*))/y;
const mostTokens = 2_000;

/** Reads a marker; undefined for one that cannot be read. */
export function readMarker(text: string): Marker | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined || tokens.length === 0) return undefined;
  const reader = new MarkerReader(tokens);
  const marker = reader.either(0);
  return marker !== undefined && reader.isAtEnd() ? marker : undefined;
}

/** Whether it holds; undefined when that depends on what is not known. */
export function holds(marker: Marker, machine: Machine): boolean | undefined {
  if (marker.kind === 'compare') return compares(marker, machine);
  const results = marker.parts.map((part) => holds(part, machine));
  const decisive = marker.kind === 'or';
  if (results.includes(decisive)) return decisive;
  return results.includes(undefined) ? undefined : !decisive;
}

/** The marker without what it says about extras; undefined when nothing is left. */
export function withoutExtras(marker: Marker): Marker | undefined {
  if (marker.kind === 'compare') return marker.variable === 'extra' ? undefined : marker;
  const parts = marker.parts.flatMap((part) => withoutExtras(part) ?? []);
  return parts.length > 1 ? { ...marker, parts } : parts[0];
}

/** The extras that a marker names. */
export function extrasIn(marker: Marker): readonly string[] {
  if (marker.kind === 'compare') return marker.variable === 'extra' ? [normalName(marker.value)] : [];
  return [...new Set(marker.parts.flatMap(extrasIn))];
}

/** Writes it with quotes of one kind, the variables on the left. */
export function writtenMarker(marker: Marker, quote: '"' | "'" = '"'): string {
  if (marker.kind === 'compare') {
    const { variable, operator, value, flipped } = marker;
    const literal = `${quote}${value}${quote}`;
    return flipped ? `${literal} ${operator} ${variable}` : `${variable} ${operator} ${literal}`;
  }
  return marker.parts
    .map((part) => (part.kind === 'or' && marker.kind === 'and' ? `(${writtenMarker(part, quote)})` : writtenMarker(part, quote)))
    .join(` ${marker.kind} `);
}

/** Both at once, or one of them; equal parts count once. */
export function joined(kind: 'and' | 'or', markers: readonly Marker[]): Marker {
  const flat = markers.flatMap((marker) => (marker.kind === kind ? marker.parts : [marker]));
  const parts = [...new Map(flat.map((part) => [writtenMarker(part), part])).values()];
  return parts.length === 1 ? parts[0]! : { kind, parts };
}

class MarkerReader {
  private at = 0;
  private readonly tokens: readonly RegExpExecArray[];

  constructor(tokens: readonly RegExpExecArray[]) {
    this.tokens = tokens;
  }

  isAtEnd(): boolean {
    return this.at === this.tokens.length;
  }

  either(depth: number): Marker | undefined {
    return this.list('or', () => this.list('and', () => this.atom(depth)));
  }

  private list(word: 'and' | 'or', part: () => Marker | undefined): Marker | undefined {
    const parts: Marker[] = [];
    do {
      const one = part();
      if (one === undefined) return undefined;
      parts.push(one);
    } while (this.take((match) => match[3] === word));
    return parts.length === 1 ? parts[0] : { kind: word, parts };
  }

  private atom(depth: number): Marker | undefined {
    if (depth > 50) return undefined;
    if (this.take((match) => match[1] !== undefined)) {
      const inner = this.either(depth + 1);
      return this.take((match) => match[2] !== undefined) ? inner : undefined;
    }
    const [left, operator, right] = [this.tokens[this.at], this.tokens[this.at + 1], this.tokens[this.at + 2]];
    this.at += 3;
    const sign = (operator?.[4] ?? operator?.[5])?.replace(/\s+/, ' ');
    if (!left || !right || sign === undefined) return undefined;
    const [leftText, rightText] = [left[6] ?? left[7], right[6] ?? right[7]];
    if (left[8] !== undefined && rightText !== undefined) return comparison(left[8], sign, rightText, false);
    return right[8] !== undefined && leftText !== undefined ? comparison(right[8], sign, leftText, true) : undefined;
  }

  private take(accepts: (match: RegExpExecArray) => boolean): boolean {
    const match = this.tokens[this.at];
    if (!match || !accepts(match)) return false;
    this.at += 1;
    return true;
  }
}

const mirrored: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };
const oldNames: Readonly<Record<string, string>> = {
  'os.name': 'os_name',
  'sys.platform': 'sys_platform',
  'platform.machine': 'platform_machine',
  'platform.version': 'platform_version',
  'platform.python_implementation': 'platform_python_implementation',
  python_implementation: 'platform_python_implementation',
};

function comparison(name: string, operator: string, value: string, flipped: boolean): Marker {
  const variable = oldNames[name] ?? name;
  if (flipped && !operator.endsWith('in'))
    return { kind: 'compare', variable, operator: mirrored[operator] ?? operator, value, flipped: false };
  return { kind: 'compare', variable, operator, value, flipped };
}

function tokensOf(text: string): RegExpExecArray[] | undefined {
  const tokens: RegExpExecArray[] = [];
  token.lastIndex = 0;
  while (text.slice(token.lastIndex).trim() !== '') {
    const match = token.exec(text);
    if (!match || tokens.length >= mostTokens) return undefined;
    tokens.push(match);
  }
  return tokens;
}

const versioned = /^(?:python_version|python_full_version|implementation_version)$/;

function compares({ variable, operator, value, flipped }: Extract<Marker, { kind: 'compare' }>, machine: Machine): boolean | undefined {
  if (variable === 'extra') {
    const has = machine.extras.has(normalName(value));
    return operator === '!=' ? !has : has;
  }
  const known = machine.variables[variable];
  if (known === undefined) return undefined;
  if (operator.endsWith('in')) {
    const within = flipped
      ? known.includes(value)
      : value.split(/[\s,|]+/).includes(known) || (!versioned.test(variable) && value.includes(known));
    return operator === 'in' ? within : !within;
  }
  if (versioned.test(variable) && (valid(value) !== null || value.endsWith('.*'))) {
    return satisfies(known, `${operator}${value}`, { prereleases: true });
  }
  return comparedTexts(known, operator, value);
}

function comparedTexts(left: string, operator: string, right: string): boolean | undefined {
  if (operator === '==' || operator === '===') return left === right;
  if (operator === '!=') return left !== right;
  return undefined;
}
