import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { imposes } from './licence.ts';
import { severityRank } from './severity.ts';
import { types } from './view.ts';

/** An expression that cannot become part of a policy. */
export class ExpressionRefused extends Error {
  readonly code = 'expression_refused';
}

/** An expression that was checked against the types of the facts and is safe to run over them. */
export interface Expression {
  /** Runs it; throws when a field that it reads is absent. */
  readonly test: (variables: Readonly<Record<string, unknown>>) => boolean;
  /** It looks at all open findings, not only at those that the change adds. */
  readonly readsAllFindings: boolean;
}

interface Inspection {
  readsAllFindings: boolean;
}

const maxPattern = 300;
const comprehensions: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

/**
 * Compiles a CEL expression that answers yes or no; `scope` adds variables by name and type to `facts`, `tolerance`, `at`.
 * Refused are unknown fields and types, patterns that are no literals or not RE2, and a comprehension over findings inside
 * another (its cost is quadratic, and evaluation is synchronous).
 */
export function compileExpression(source: string, scope: Readonly<Record<string, string>> = {}): Expression {
  const env = base.clone();
  for (const [name, type] of Object.entries(scope)) env.registerVariable(name, type);
  const parsed = attempt(() => env.parse(source));
  const loops = Object.keys(scope).filter((name) => !scope[name]!.startsWith('list'));
  const found: Inspection = { readsAllFindings: false };
  inspect(parsed.ast, loops, found);
  const checked = parsed.check();
  if (!checked.valid) throw new ExpressionRefused(summaryOf(checked.error));
  if (checked.type !== 'bool') throw new ExpressionRefused(`must answer true or false, but gives ${String(checked.type)}`);
  return { test: (variables) => parsed(variables) === true, readsAllFindings: found.readsAllFindings };
}

const patterns = new Map<string, RE2JS>();

function re2(pattern: string): RE2JS {
  const known = patterns.get(pattern);
  if (known) return known;
  const compiled = RE2JS.compile(pattern);
  if (patterns.size >= 1000) patterns.clear();
  patterns.set(pattern, compiled);
  return compiled;
}

const base = new Environment({ limits: { maxAstNodes: 2000, maxDepth: 50, maxListElements: 500, maxMapEntries: 100 } });
for (const [name, { ctor, fields }] of Object.entries(types)) base.registerType(name, { ctor, fields });
base
  .registerVariable('facts', 'Facts')
  .registerVariable('tolerance', 'Tolerance')
  .registerVariable('at', 'google.protobuf.Timestamp')
  .registerFunction('string.atLeast(string): bool', {
    async: false,
    handler: (severity: string, floor: string) => severityRank(severity) >= severityRank(floor),
  })
  .registerFunction('string.imposes(list<string>): bool', {
    async: false,
    handler: (licence: string, denied: readonly string[]) => imposes(licence, denied),
  })
  .registerFunction('string.matchesRe2(string): bool', {
    async: false,
    handler: (text: string, pattern: string) => re2(pattern).test(text),
  });

/** Walks the tree before it is checked: what macros expand to shares these nodes, so that a renamed call is renamed there too. */
function inspect(node: ASTNode, loops: readonly string[], found: Inspection): void {
  if ((node.op === '.' || node.op === '.?') && node.args[1] === 'findings') found.readsAllFindings = true;
  if (node.op === '[]' && pathRoot(node) === 'facts') found.readsAllFindings = true;
  if (node.op === 'rcall') {
    const [name, receiver, args] = node.args;
    if (name === 'matches') useRe2(node.args, args);
    if (comprehensions.has(name) && args.length > 1) {
      if (loops.length > 0 && !isShort(receiver, loops)) throw nested(name);
      inspect(receiver, loops, found);
      const inner = args[0]!.op === 'id' && pathRoot(receiver) !== undefined ? [...loops, args[0].args] : [...loops, ''];
      for (const arg of args.slice(1)) inspect(arg, inner, found);
      return;
    }
  }
  for (const child of children(node)) inspect(child, loops, found);
}

/** The library's `matches` is a backtracking RegExp (exponential); ours is linear, with patterns that were tried beforehand. */
function useRe2(call: unknown[], args: readonly ASTNode[]): void {
  const pattern = args.length === 1 && args[0]!.op === 'value' ? args[0].args : undefined;
  if (typeof pattern !== 'string') throw new ExpressionRefused('matches() takes one literal pattern');
  if (pattern.length > maxPattern) throw new ExpressionRefused(`a pattern has at most ${maxPattern} characters`);
  attempt(() => re2(pattern));
  call[0] = 'matchesRe2';
}

/** Lists inside one finding, scan or licence, and those of the tolerance, are short. */
function isShort(range: ASTNode, loops: readonly string[]): boolean {
  if (range.op === 'list') return range.args.every((item) => item.op === 'value');
  const root = pathRoot(range);
  return root === 'tolerance' || (root !== undefined && loops.includes(root));
}

/** The variable at the start of a plain path such as `f.tools` or `facts.scans.filter(s, …)`. */
function pathRoot(node: ASTNode): string | undefined {
  if (node.op === 'id') return node.args;
  if (node.op === '.' || node.op === '.?' || node.op === '[]') return pathRoot(node.args[0]);
  if (node.op === 'rcall' && node.args[0] === 'filter') return pathRoot(node.args[1]);
  return undefined;
}

function children(node: ASTNode): readonly ASTNode[] {
  const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value;
  if (!Array.isArray(node.args)) return isNode(node.args) ? [node.args] : [];
  return (node.args as readonly unknown[]).flat(2).filter(isNode);
}

function nested(name: string): ExpressionRefused {
  return new ExpressionRefused(`${name}() over findings inside another loop grows with their square: filter once, or use select`);
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ExpressionRefused(summaryOf(error));
  }
}

function summaryOf(error: unknown): string {
  const summary = (error as { summary?: unknown }).summary;
  return typeof summary === 'string' ? summary : (error as Error).message;
}
