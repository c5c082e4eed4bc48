import type { ChainEdge, ChainNode } from '@throughline/contracts';

export interface Placed {
  readonly node: ChainNode;
  readonly column: number;
  readonly row: number;
}

/**
 * Places nodes in columns: the column is the longest path from a cause, so that every edge points to the right. Rows follow time
 * inside a column. Edges of a cycle (never made by facts, but data is data) are walked at most once per node.
 */
export function placeNodes(nodes: readonly ChainNode[], edges: readonly ChainEdge[]): readonly Placed[] {
  const causes = new Map<string, string[]>();
  for (const edge of edges) causes.set(edge.effect, [...(causes.get(edge.effect) ?? []), edge.cause]);
  const columns = new Map<string, number>();

  const columnOf = (id: string, path: ReadonlySet<string>): number => {
    const known = columns.get(id);
    if (known !== undefined) return known;
    if (path.has(id)) return 0;
    const before = (causes.get(id) ?? []).map((cause) => columnOf(cause, new Set([...path, id])));
    const column = before.length === 0 ? 0 : Math.max(...before) + 1;
    columns.set(id, column);
    return column;
  };

  const used = new Map<number, number>();
  return [...nodes]
    .sort((a, b) => (a.time ?? '').localeCompare(b.time ?? ''))
    .map((node) => {
      const column = columnOf(node.id, new Set());
      const row = used.get(column) ?? 0;
      used.set(column, row + 1);
      return { node, column, row };
    });
}

/** How a node's state reads at a glance. */
export function toneOf(node: ChainNode): 'good' | 'bad' | 'warn' | 'plain' {
  if (node.gap) return 'warn';
  if (/^(deny|denied|failed|open|critical)$/.test(node.status)) return 'bad';
  if (/^(warn|undecided|pending|not_evaluated)$/.test(node.status)) return 'warn';
  if (/^(pass|completed|evaluated|succeeded|resolved|done|ok)$/.test(node.status)) return 'good';
  return 'plain';
}
