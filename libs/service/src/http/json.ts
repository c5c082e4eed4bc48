import { Problem } from './problem.ts';

const maxDepth = 64;
/** Small values take ten times their text in memory. */
const maxValues = 2_000_000;
const [openBrace, closeBrace, openBracket, closeBracket, comma] = [0x7b, 0x7d, 0x5b, 0x5d, 0x2c];
const quote = 0x22;
const utf8 = new TextDecoder('utf-8', { fatal: true });
const backslash = 0x5c;

/** Parses foreign JSON: bounded in depth and number of values, without keys that reach a prototype. Throws `Problem` 400. */
export function parseJson(body: Buffer, depth: number = maxDepth): unknown {
  const excess = excessOf(body, depth);
  if (excess) throw new Problem(400, 'malformed_json', excess);
  const parsed = parse(body);
  if (mayReachPrototype(body) && reachesPrototype(parsed)) {
    throw new Problem(400, 'malformed_json', 'the body has a key that is not allowed: __proto__ or constructor.prototype');
  }
  return parsed;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    const place = /position (\d+)/.exec((error as Error).message)?.[1];
    throw new Problem(400, 'malformed_json', `the body is not JSON${place ? ` (at character ${place})` : ''}`);
  }
}

function excessOf(body: Buffer, deepest: number): string | undefined {
  let depth = 0;
  let values = 0;
  let inString = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at]!;
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === comma) values += 1;
    else if (byte === openBrace || byte === openBracket) {
      values += 1;
      if (++depth > deepest) return `the body is nested deeper than ${deepest} levels`;
    } else if (byte === closeBrace || byte === closeBracket) depth -= 1;
    if (values > maxValues) return `the body has more than ${maxValues} values`;
  }
  return undefined;
}

/** Escapes could hide the names, so any escape asks for the slower look. */
function mayReachPrototype(body: Buffer): boolean {
  return body.includes('__proto__') || body.includes('constructor') || body.includes('\\u');
}

function reachesPrototype(root: unknown): boolean {
  const open: unknown[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, '__proto__')) return true;
    const made: unknown = Object.hasOwn(value, 'constructor') ? (value as { constructor: unknown }).constructor : undefined;
    if (typeof made === 'object' && made !== null && Object.hasOwn(made, 'prototype')) return true;
    for (const child of Object.values(value)) if (typeof child === 'object' && child !== null) open.push(child);
  }
  return false;
}
