import { describe, expect, it } from '@jest/globals';
import { compileExpression } from './expressions.ts';
import { toleranceOf, unassigned } from './tolerance.ts';
import { variables } from './view.ts';
import { sampleFacts, sampleFinding } from './samples.ts';

const tolerance = toleranceOf(unassigned);
const at = '2026-11-17T15:00:00.000Z';
const facts = sampleFacts({
  findings: [
    sampleFinding({ id: 'a', class: 'secret', rule: '@secretlint/aws', severity: 'critical', new: true }),
    sampleFinding({ id: 'b', class: 'vulnerability', purl: 'pkg:npm/%40acme/log@1.2.3', epss: 0.4, tools: ['dependencies'] }),
  ],
});

function ask(source: string): boolean {
  return compileExpression(source).test(variables(facts, tolerance, at));
}

describe('compileExpression', () => {
  it('reads facts, tolerance and the time of the decision', () => {
    expect(ask('facts.added.exists(f, f.class == "secret" && f.rule.startsWith("@secretlint/"))')).toBe(true);
    expect(ask('facts.findings.exists(f, f.package == "@acme/log" && f.version == "1.2.3")')).toBe(true);
    expect(ask('tolerance.tier == "tier-2" && facts.subject.branch == "main"')).toBe(true);
    expect(ask('at > timestamp("2026-11-17T14:59:59Z") && at < timestamp("2026-11-17T15:00:01Z")')).toBe(true);
    expect(ask('facts.findings.all(f, f.severity.atLeast("high"))')).toBe(true);
  });

  it('asks whether a licence cannot be had without one of some others', () => {
    expect(ask('"MIT AND AGPL-3.0-only".imposes(tolerance.deniedLicences)')).toBe(true);
    expect(ask('"MIT OR AGPL-3.0-only".imposes(["AGPL-3.0-only"])')).toBe(false);
  });

  it('lets an expression ask whether a value is known', () => {
    expect(ask('facts.findings.exists(f, has(f.epss) && f.epss > 0.3)')).toBe(true);
    expect(() => ask('facts.findings.filter(f, f.epss > 0.9).size() > 0')).toThrow('No such key: epss');
  });

  it.each([
    ['facts.findngs.size() > 0', 'No such key: findngs'],
    ['facts.added.exists(f, f.severty == "high")', 'No such key: severty'],
    ['facts.total', 'must answer true or false, but gives int'],
    ['facts.total == "one"', 'no such overload'],
    ['now() > at', "no matching overload for 'now()'"],
    ['facts.total >', 'Unexpected token: EOF'],
    ['facts.subject.ref.matches(facts.subject.branch)', 'one literal pattern'],
    ['facts.subject.ref.matches("(a")', 'missing closing )'],
    ['facts.subject.ref.matches("a(?=b)")', 'invalid'],
    ['facts.findings.all(f, facts.findings.exists(g, g.id == f.id))', 'grows with their square'],
    ['facts.added.exists(f, f.id in facts.findings.map(g, g.id))', 'grows with their square'],
    ['facts.added.exists(f, [facts.findings].exists(l, l.exists(g, g.id == f.id)))', 'grows with their square'],
    ['[facts.findings].exists(l, l.exists(g, l.exists(h, h.id == g.id)))', 'grows with their square'],
    ['cel.bind(all, facts.findings, all.exists(f, all.exists(g, g.id == f.id)))', 'grows with their square'],
  ])('refuses %s', (source, reason) => {
    expect(() => compileExpression(source)).toThrow(reason);
  });

  it('allows a loop over the short lists inside one finding', () => {
    expect(ask('facts.findings.exists(f, f.tools.exists(t, t == "dependencies"))')).toBe(true);
    expect(ask('facts.findings.exists(f, tolerance.deniedLicences.exists(l, l == f.rule))')).toBe(false);
  });

  it('refuses a loop over all findings in an expression that itself runs once per finding', () => {
    expect(() => compileExpression('facts.findings.exists(g, g.id != f.id)', { f: 'Finding' })).toThrow('grows with their square');
    expect(compileExpression('f.tools.exists(t, t == "x")', { f: 'Finding' }).readsAllFindings).toBe(false);
  });

  it('matches in linear time where a backtracking engine needs exponential time', () => {
    const hostile = sampleFacts({ findings: [sampleFinding({ new: true, title: `${'a'.repeat(60)}!` })] });
    const expression = compileExpression('facts.added.exists(f, f.title.matches("^(a+)+$"))');

    const started = performance.now();
    const answer = expression.test(variables(hostile, tolerance, at));

    expect(answer).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('says which expressions look at all findings', () => {
    expect(compileExpression('facts.added.size() > 0').readsAllFindings).toBe(false);
    expect(compileExpression('facts.findings.size() > 0').readsAllFindings).toBe(true);
    expect(compileExpression('facts["findings"].size() > 0').readsAllFindings).toBe(true);
  });
});
