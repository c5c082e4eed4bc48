import { describe, expect, it } from '@jest/globals';
import { assemble, type ItemContent, type Known, type PresentFinding } from './assemble.ts';
import { sampleFacts, sampleFinding } from './samples.ts';

function finding(id: string, fields: Partial<PresentFinding> = {}): PresentFinding {
  return { ...sampleFinding({ id, ...fields }), new: undefined } as PresentFinding;
}

function content(findings: readonly PresentFinding[], fields: Partial<ItemContent> = {}): ItemContent {
  return { ruleset: 'r1', findings, total: findings.length, notEvaluated: [], licences: [], ...fields };
}

function known(contents: readonly ItemContent[], tools: readonly string[] = ['bandit']): Known {
  const items = contents.map((_, index) => ({
    seq: index + 1,
    tool: tools[index]!,
    finds: ['code'] as const,
    state: 'evaluated' as const,
    revision: 1,
  }));
  return {
    evidence: { plan: { sequence: 1, throughSeq: items.length }, items },
    contents: new Map(contents.map((each, index) => [index + 1, each])),
  };
}

function factsOf(head: Known, ...bases: Known[]) {
  return assemble({ gate: 'change', subject: sampleFacts().subject, ...head, base: bases.length === 0 ? 'none' : bases });
}

describe('assemble', () => {
  it('calls new what the same tool and ruleset did not report at the base', () => {
    const facts = factsOf(known([content([finding('a'), finding('b')])]), known([content([finding('a')])]));

    expect(facts.findings.map(({ id, new: isNew }) => [id, isNew])).toEqual([
      ['b', true],
      ['a', false],
    ]);
    expect([facts.total, facts.added, facts.base]).toEqual([2, 1, 'known']);
  });

  it.each(['none', 'open'] as const)('calls everything new when the base is %s', (base) => {
    const facts = assemble({ gate: 'change', subject: sampleFacts().subject, ...known([content([finding('a')])]), base });

    expect(facts).toMatchObject({ added: 1, base });
  });

  it('does not compare with another ruleset or another tool', () => {
    const head = known([content([finding('a')])]);

    expect(factsOf(head, known([content([finding('a')], { ruleset: 'r2' })])).added).toBe(1);
    expect(factsOf(head, known([content([finding('a')])], ['semgrep'])).added).toBe(1);
  });

  it('calls new what is not present at every base of a commit that stands on several lines', () => {
    const [main, branch] = [known([content([finding('a')])]), known([content([finding('a'), finding('b')])])];

    const facts = factsOf(known([content([finding('a'), finding('b')])]), branch, main);

    expect(facts.findings.map(({ id, new: isNew }) => [id, isNew])).toEqual([
      ['b', true],
      ['a', false],
    ]);
  });

  it('shows a finding that two tools report once, and as old when one of them reported it before', () => {
    const head = known([content([finding('a', { tools: ['x'] })]), content([finding('a', { tools: ['y'] })])], ['x', 'y']);

    const facts = factsOf(head, known([content([finding('a')])], ['x']));

    expect(facts.findings).toMatchObject([{ id: 'a', tools: ['x', 'y'], new: false }]);
  });

  it('takes the repeated run of a tool in place of the earlier one', () => {
    const head = known([content([finding('a')]), content([finding('b')])], ['bandit', 'bandit']);

    expect(factsOf(head).findings.map(({ id }) => id)).toEqual(['b']);
  });

  it('does not count what an item that failed had said before', () => {
    const head = known([content([finding('a')])]);
    const failed = { ...head, evidence: { ...head.evidence, items: [{ ...head.evidence.items[0]!, state: 'failed' as const }] } };

    expect(factsOf(failed).findings).toEqual([]);
  });

  it('leaves out what was dismissed, counts it again when a person says so, and does not call it new then', () => {
    const findings = [finding('a', { dismissed: true }), finding('b')];
    const head = known([content(findings)]);
    const snapshot = { gate: 'change', subject: sampleFacts().subject, ...head, base: [known([content(findings)])] } as const;
    const idsOf = (triaged?: ReadonlyMap<string, boolean>) => assemble({ ...snapshot, triaged }).findings.map(({ id }) => id);

    expect(idsOf()).toEqual(['b']);
    expect(idsOf(new Map([['b', true]]))).toEqual([]);
    expect(idsOf(new Map([['a', false]]))).toEqual(['a', 'b']);
    expect(assemble({ ...snapshot, triaged: new Map([['a', false]]) })).toMatchObject({ total: 2, added: 0 });
  });

  it('keeps the worst five thousand and counts the rest', () => {
    const many = Array.from({ length: 5001 }, (_, index) => finding(`f${String(index).padStart(5, '0')}`, { severity: 'low' }));
    const head = known([content([...many, finding('worst', { severity: 'critical' })])]);

    const facts = factsOf(head, known([content(many)]));

    expect([facts.findings.length, facts.total, facts.added, facts.findings[0]!.id]).toEqual([5000, 5002, 1, 'worst']);
  });

  it('tells licences that the change brings in from those that were there, and names the oldest data', () => {
    const mit = { licence: 'MIT', components: 2, examples: [] };
    const agpl = { licence: 'AGPL-3.0-only', components: 1, examples: ['pkg:npm/x@1'] };
    const head = known(
      [content([], { licences: [mit, agpl], dataAsOf: '2026-11-02T00:00:00Z' }), content([], { dataAsOf: '2026-11-01T00:00:00Z' })],
      ['dependencies', 'x'],
    );

    const facts = factsOf(head, known([content([], { licences: [mit] })], ['dependencies']));

    expect(facts.licences.map(({ licence, new: isNew }) => [licence, isNew])).toEqual([
      ['AGPL-3.0-only', true],
      ['MIT', false],
    ]);
    expect(facts.dataAsOf).toBe('2026-11-01T00:00:00Z');
  });
});
