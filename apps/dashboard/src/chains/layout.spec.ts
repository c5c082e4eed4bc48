import type { ChainEdge, ChainNode } from '@throughline/contracts';
import { placeNodes } from './layout.ts';

const node = (id: string, time: string): ChainNode => ({
  id,
  kind: 'scan',
  subject: id,
  title: id,
  service: '',
  time,
  status: 'done',
  traceId: null,
  summary: {},
});
const edge = (cause: string, effect: string): ChainEdge => ({ cause, effect, evidence: 'key', assurance: 'own' });

describe('the layout of a chain', () => {
  it('puts an effect to the right of its latest cause', () => {
    const placed = placeNodes([node('a', '1'), node('b', '2'), node('c', '3')], [edge('a', 'b'), edge('b', 'c'), edge('a', 'c')]);

    expect(placed.map((one) => [one.node.id, one.column, one.row])).toEqual([
      ['a', 0, 0],
      ['b', 1, 0],
      ['c', 2, 0],
    ]);
  });

  it('stacks what stands beside each other by time', () => {
    const placed = placeNodes([node('late', '3'), node('a', '1'), node('early', '2')], [edge('a', 'late'), edge('a', 'early')]);

    expect(placed.filter((one) => one.column === 1).map((one) => [one.node.id, one.row])).toEqual([
      ['early', 0],
      ['late', 1],
    ]);
  });

  it('ends on a cycle', () => {
    expect(placeNodes([node('a', '1'), node('b', '2')], [edge('a', 'b'), edge('b', 'a')])).toHaveLength(2);
  });
});
