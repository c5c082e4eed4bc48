import { describe, expect, it } from '@jest/globals';
import type { DecisionMade } from '@throughline/contracts';
import { mostCommentText } from '@throughline/scm';
import { deniedDecision } from '../alerts/fixtures/denied-push.ts';
import { scmComment } from '../channels/scm-comment/scm-comment.ts';
import { renderingAt } from '../rendering/fixtures/rendering.ts';
import { hostileTexts } from '../text/fixtures/hostile.ts';
import { commentMessage, type CommentedChange } from './comment-message.ts';

const change: CommentedChange = { number: 482, named: [], numbered: [], told: false, decidedAt: '2026-11-17T14:58:03.000Z' };
const at = renderingAt({});

function textOf(decision: DecisionMade, more: Partial<CommentedChange> = {}): string {
  return scmComment.render(commentMessage(decision, { ...change, ...more }, 'https://tl.example').message, at).text;
}

function foreignSuppressions(text: string): NonNullable<DecisionMade['suppressions']> {
  return { total: 1, named: [{ tool: text, path: text, line: 1, mark: text }] };
}

const marker = '[//]: # (throughline tl.example change 482)';

describe('the comment on a change request', () => {
  it('names each matter once, what blocks first, with its fix and why', () => {
    const decision = deniedDecision();
    const [vulnerable, code] = decision.reasons;

    expect(
      textOf({ ...decision, reasons: [{ ...code!, effect: 'warn', findings: code!.findings.slice(0, 1), total: 1 }, vulnerable!] }),
    ).toBe(
      [
        '### Throughline: 1 matter blocks this change, 1 to look at',
        '**1.** **Blocks** · `lodash 4.17.11` · CVE-2019-10744 and 3 more · critical',
        [
          '- Comes in through: `package-lock.json:48`',
          '- Fix: Raise the library to the fixed version',
          '- Why it blocks: policy `no-critical-fixable` v7: a critical vulnerability with a fix was added',
        ].join('\n'),
        '**2.** **Look at** · `src/export.js:72` · SQL built by joining strings · high',
        [
          '- Fix: Use bound parameters in the queries',
          '- Why it is told: policy `no-high-code-finding` v2: a code finding of high severity was added',
        ].join('\n'),
        'Not yours: 3 older findings do not count.',
        'Cannot fix it now? Reply `/throughline waive 1 until YYYY-MM-DD because …`',
        'Wrong? `/throughline false-positive 1 because …` · Again: `/throughline rerun`',
        [
          'Judged at `3e1b7c9`, 2026-11-17 14:58 UTC',
          'advisory data of 2026-11-17 06:00 UTC',
          `[decision](https://tl.example/decisions/${decision.decision})`,
        ].join(' · '),
        marker,
      ].join('\n\n'),
    );
  });

  it('names what the branch asks scanners not to say, last', () => {
    const named = ['tools/gen.py', '.gitleaksignore'].map((path, index) => ({
      tool: 'bandit',
      path,
      line: index + 4,
      mark: `mark ${index}`,
    }));

    expect(textOf(deniedDecision({ suppressions: { total: 2, named } }))).toContain(
      '\n\nNot yours: 3 older findings do not count.\n\n2 suppressions in this branch were not applied: `mark 0` in `tools/gen.py:4`, `mark 1` in `.gitleaksignore:5`\n\n',
    );
  });

  it('shows the one finding that the change adds, however many are older', () => {
    const [reason] = deniedDecision().reasons;
    const added = { ...reason!, findings: reason!.findings.slice(0, 1), total: 1 };
    const old = { ...reason!, policy: 'all-of-it', effect: 'warn' as const, new: false, total: 5000 };

    const text = textOf(deniedDecision({ reasons: [added, old], older: 5000 }));

    expect(text).toContain('1 matter blocks this change\n');
    expect(text).not.toContain('all-of-it');
    expect(text).toContain('Not yours: 5000 older findings do not count.');
  });

  it('says of what blocks although it is older that it is not new', () => {
    const [reason] = deniedDecision().reasons;

    expect(textOf(deniedDecision({ reasons: [{ ...reason!, new: false }] }))).toContain('(not new in this change)');
  });

  it('says what is gone when nothing blocks any more', () => {
    const { named } = commentMessage(deniedDecision(), change, 'https://tl.example');
    const passed = deniedDecision({ result: 'pass', reasons: [], older: 0 });

    const { message } = commentMessage(passed, { ...change, named, told: true }, 'https://tl.example');
    const { text, ends } = scmComment.render(message, at);

    expect(text).toMatch(/^### Throughline: fixed\. Nothing in this change blocks\n\nGone: `lodash 4\.17\.11`, .* in `3e1b7c9`\n/);
    expect([message.state, ends]).toEqual(['clean', true]);
  });

  it('never reads as passed while nothing is decided, and forgets nothing meanwhile', () => {
    const named = [{ key: 'a', label: 'a' }];
    const decision = deniedDecision({ result: 'undecided', reasons: [], missing: ['the dependency scan failed twice'] });

    const { message, named: after } = commentMessage(decision, { ...change, named, told: true }, 'https://tl.example');

    expect(message).toMatchObject({ state: 'undecided', headline: expect.stringMatching(/could not decide/) });
    expect(scmComment.render(message, at).text).toMatch(/the dependency scan failed twice[^]*What is unknown does not pass/);
    expect(after).toBe(named);
  });

  it('names no finding to strangers', () => {
    const { brief } = scmComment.render(commentMessage(deniedDecision(), change, 'https://tl.example').message, at);

    expect(brief).toMatch(/^### Throughline: \d+ matters block this change\n\nWhat it is about is not told here\.\n\nJudged at /);
    expect(brief).not.toMatch(/lodash|export\.js|CVE|AWS/);
    expect(brief.endsWith(marker)).toBe(true);
  });

  it('counts what does not fit, and stays below what every host takes', () => {
    const [reason] = deniedDecision().reasons;
    const many = Array.from({ length: 50 }, (_, index) => ({
      ...reason!,
      policy: `p${index}`,
      findings: Array.from({ length: 10 }, (_each, n) => ({
        id: `${index}-${n}`,
        title: '<'.repeat(300),
        severity: 'high' as const,
        place: '&'.repeat(1000),
      })),
      total: 12,
    }));

    const text = textOf(deniedDecision({ reasons: many }));

    expect(text.length).toBeLessThanOrEqual(mostCommentText);
    expect(text).toContain('and 480 more');
    expect(text).toContain('100 more findings are counted');
    expect(text.endsWith(marker)).toBe(true);
  });

  it.each(hostileTexts.map((text) => [text.slice(0, 60), text] as const))('lets no foreign text act: %j', (_name, text) => {
    const foreign = deniedDecision().reasons.map((reason) => ({
      ...reason,
      policy: text,
      message: text,
      fix: text,
      findings: reason.findings.map((finding) => ({ ...finding, title: text, place: text, purl: text, cve: text })),
    }));

    const shown = [
      textOf(deniedDecision({ reasons: foreign, decision: text, suppressions: foreignSuppressions(text) }), {
        named: [{ key: 'x', label: text }],
      }),
      textOf(deniedDecision({ result: 'undecided', reasons: [], missing: [text] })),
    ].map((all) => all.replace(/`[^`]*`/g, ''));

    for (const all of shown) {
      expect(all).not.toMatch(/[<>]|(?<!\\)!\[|@[\w{<"']|(?<![\w/.])#\d|https?:\/\/(?!tl\.example\/)/);
      expect([...all.matchAll(/(?<!\\)\]\((?<to>[^)]*)\)/g)].every(({ groups }) => groups!['to']!.startsWith('https://tl.example/'))).toBe(
        true,
      );
      expect(
        all
          .split('\n')
          .every((one) =>
            /^(?:$|### |\*\*\d+\.\*\* |- |and |\d+ more |Not yours|1 suppression in |What asks |Gone: |Judged at |What is |Urgent\? |Cannot fix it now\? |Wrong\? |\[\/\/\]: )/.test(
              one,
            ),
          ),
      ).toBe(true);
    }
  });
});
