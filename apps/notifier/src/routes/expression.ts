import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import type { RoutedAlert } from './routed-alert.ts';

/** An expression that cannot become a route. */
export class ExpressionRefused extends Error {
  readonly code = 'expression_refused';
}

export type AlertTest = (alert: RoutedAlert) => boolean;

/** What the expression sees, as the library has it. */
class SeenAlert {
  constructor(alert: RoutedAlert) {
    Object.assign(this, alert, { findings: BigInt(alert.findings) });
  }
}

const text = 'string';
const texts = 'list<string>';

const environment = new Environment({ limits: { maxAstNodes: 300, maxDepth: 30, maxListElements: 100, maxMapEntries: 10 } })
  .registerType('Alert', {
    ctor: SeenAlert,
    fields: {
      id: text,
      title: text,
      state: text,
      priority: text,
      severity: text,
      application: text,
      team: text,
      tier: text,
      exposure: text,
      repository: text,
      line: text,
      gates: texts,
      owners: texts,
      findings: 'int',
    },
  })
  .registerVariable('alert', 'Alert');

/** Compiles the condition of a route (CEL over `alert`). Throws `ExpressionRefused` for unknown fields and for what is not yes or no. */
export function compileRoute(source: string): AlertTest {
  const parsed = attempt(() => environment.parse(source));
  refusePatterns(parsed.ast);
  const checked = parsed.check();
  if (!checked.valid) throw new ExpressionRefused(summaryOf(checked.error));
  if (checked.type !== 'bool') throw new ExpressionRefused(`it must answer true or false, but gives ${String(checked.type)}`);
  return (alert) => parsed({ alert: new SeenAlert(alert) }) === true;
}

/** The library's patterns backtrack: one route could stop the service. */
function refusePatterns(node: ASTNode): void {
  if (node.op === 'rcall' && node.args[0] === 'matches') {
    throw new ExpressionRefused('matches() is not available in routes: use ==, in, startsWith, endsWith or contains');
  }
  for (const child of childrenOf(node)) refusePatterns(child);
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value;
  const args: readonly unknown[] = Array.isArray(node.args) ? (node.args as readonly unknown[]).flat(2) : [node.args];
  return args.filter(isNode);
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ExpressionRefused(summaryOf(error));
  }
}

function summaryOf(error: unknown): string {
  const summary = (error as { summary?: unknown } | undefined)?.summary;
  return typeof summary === 'string' ? summary : error instanceof Error ? error.message : String(error);
}
