import { createRequire } from 'node:module';
import parse from 'spdx-expression-parse';

const require = createRequire(import.meta.url);
const ids = ['spdx-license-ids', 'spdx-license-ids/deprecated.json'].flatMap((name) => require(name) as string[]);
/** As the list of SPDX writes them: the parser looks at case, licences do not (SPDX 3.0.1, annex on licence expressions). */
const spelling = new Map(ids.map((id) => [id.toLowerCase(), id]));

type Expression = ReturnType<typeof parse>;

/** Read expressions by their text; a text that is none is kept as null. */
const read = new Map<string, Expression | null>();
const mostKept = 1_000;

/**
 * Whether a component cannot be used without accepting one of these licences. The licence is an SPDX expression (SPDX 3.0.1, annex
 * on licence expressions): of `A OR B` one suffices, of `A AND B` both count. An exception (`WITH`) stays under its licence, `+` names
 * the later versions too. A text that is no expression counts as one name; names look at no case.
 */
export function imposes(licence: string, denied: readonly string[]): boolean {
  const names = new Set(denied.map((name) => name.toLowerCase()));
  if (names.has(licence.trim().toLowerCase())) return true;
  const expression = expressionOf(licence);
  return expression !== null && !acceptable(expression, names);
}

function acceptable(expression: Expression, denied: ReadonlySet<string>): boolean {
  if ('conjunction' in expression) {
    const [left, right] = [acceptable(expression.left, denied), acceptable(expression.right, denied)];
    return expression.conjunction === 'or' ? left || right : left && right;
  }
  const name = expression.license.toLowerCase();
  const later = expression.plus === true ? [`${name}+`, `${name}-or-later`] : [];
  return ![name, ...later].some((one) => denied.has(one));
}

function expressionOf(text: string): Expression | null {
  const known = read.get(text);
  if (known !== undefined) return known;
  const found = attempt(text) ?? attempt(spelledAnew(text));
  if (read.size >= mostKept) read.clear();
  read.set(text, found);
  return found;
}

/** Ids and operators in other case, and the slash that older manifests of Cargo and npm write for a choice. */
function spelledAnew(text: string): string {
  return text
    .replace(/\s+(or|and|with)\s+/gi, (operator) => operator.toUpperCase())
    .replaceAll('/', ' OR ')
    .replace(/[\w.-]+/g, (word) => spelling.get(word.toLowerCase()) ?? word);
}

function attempt(text: string): Expression | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}
