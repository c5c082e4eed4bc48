import type { Chain, ChainSummary, PageQuery } from '@throughline/contracts';
import { decodeCursor, encodeCursor } from '@throughline/service';
import type { Answer } from './chain-answer.ts';

const nodesOnPage = 2_000;
const edgesOnPage = 20_000;

/** One page of a chain's nodes, in the order of time, with the edges that lead to them. */
export function chainPage(root: ChainSummary, { nodes, edges }: Answer, page: PageQuery): Chain {
  const start = Number(decodeCursor(page.cursor, 1)?.[0] ?? 0);
  const end = start + (page.limit ?? nodesOnPage);
  const shown = nodes.slice(start, end);
  const ids = new Set(shown.map((node) => node.id));
  return {
    ...root,
    nodes: shown,
    edges: edges.filter((edge) => ids.has(edge.effect)).slice(0, edgesOnPage),
    next: end < nodes.length ? encodeCursor([end]) : null,
  };
}
