import type { FindingAnswer, Remediation } from '@throughline/contracts';
import { nextActions } from './next-actions.ts';

const finding = (id: string, score: number, due = '2026-12-01T00:00:00Z') =>
  ({ id, title: `finding ${id}`, severity: 'high', owner: 'somebody', risk: { score, priority: 'P2', due } }) as FindingAnswer;
const fix = (id: string, findings: readonly string[]) => ({ id, summary: `fix ${id}`, findings }) as Remediation;

describe('what to do next', () => {
  it('is one action for a fix that ends several findings, due when the first of them is', () => {
    const actions = nextActions(
      [finding('a', 20, '2026-12-05T00:00:00Z'), finding('b', 40, '2026-12-09T00:00:00Z'), finding('c', 30)],
      [fix('f', ['a', 'b'])],
    );

    expect(actions.map(({ title, risk, due }) => [title, risk, due])).toEqual([
      ['fix f', 40, '2026-12-05T00:00:00Z'],
      ['finding c', 30, '2026-12-01T00:00:00Z'],
    ]);
    expect(actions[0]!.findings.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('is ten things at most, the highest risk first', () => {
    const actions = nextActions(
      Array.from({ length: 30 }, (_, at) => finding(String(at), at)),
      [],
    );

    expect(actions.map(({ risk }) => risk)).toEqual([29, 28, 27, 26, 25, 24, 23, 22, 21, 20]);
  });
});
