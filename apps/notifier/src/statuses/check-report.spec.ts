import { describe, expect, it } from '@jest/globals';
import { httpReceiver } from '@throughline/testing';
import { Agent } from 'undici';
import { deniedDecision } from '../alerts/fixtures/denied-push.ts';
import type { Sending } from '../channels/channel.ts';
import { contentDigest } from '../channels/message.ts';
import { scmStatus } from '../channels/scm-status/scm-status.ts';
import { renderingAt } from '../rendering/fixtures/rendering.ts';
import { hostileTexts } from '../text/fixtures/hostile.ts';
import { checkReport } from './check-report.ts';
import { decidedStatus } from './status-message.ts';

const at = new Date('2026-11-17T14:58:03.000Z');
const messageOf = (decision = deniedDecision(), asked?: string) => ({
  ...decidedStatus(decision, 'https://tl.example'),
  check: checkReport(decision, at, 'https://tl.example', asked),
});

describe('what a check says of a decision', () => {
  it('stands at the line of each finding that counts, once, with its fix', () => {
    const [vulnerable, code] = deniedDecision().reasons;
    const old = { ...code!, policy: 'stock', effect: 'warn' as const, new: false, findings: [{ ...code!.findings[0]!, id: 'old' }] };
    const reasons = [
      { ...code!, effect: 'warn' as const, findings: code!.findings.slice(0, 1) },
      vulnerable!,
      { ...vulnerable!, policy: 'x' },
      old,
    ];

    const { places } = checkReport(deniedDecision({ reasons }), at, 'https://tl.example');

    expect(places).toHaveLength(5);
    expect(places[0]).toEqual({
      ...{ path: 'package-lock.json', line: 48, blocks: true, title: 'CVE-2019-10744: Prototype pollution in lodash' },
      text: 'Fix: Raise the library to the fixed version\nPolicy no-critical-fixable v7: a critical vulnerability with a fix was added',
    });
    expect(places[4]).toMatchObject({ path: 'src/export.js', line: 72, blocks: false });
  });

  it('has a place where only a file is known, and none where nothing was decided', () => {
    const [reason] = deniedDecision().reasons;
    const whole = { ...reason!, findings: [{ ...reason!.findings[0]!, place: 'a:b.txt' }] };

    expect(checkReport(deniedDecision({ reasons: [whole] }), at, '').places).toMatchObject([{ path: 'a:b.txt', line: 1 }]);
    expect(checkReport(deniedDecision({ result: 'undecided', missing: ['x'] }), at, '').places).toEqual([]);
  });

  it('is news when a place changes, and none when only the decision is another', () => {
    const moved = deniedDecision();
    moved.reasons[1]!.findings[3] = { ...moved.reasons[1]!.findings[3]!, place: 'src/search.js:99' };

    expect(contentDigest(messageOf(deniedDecision({ decision: 'another' })))).toBe(contentDigest(messageOf()));
    expect(contentDigest(messageOf(moved))).not.toBe(contentDigest(messageOf()));
  });

  it('is another run when it was asked for again', () => {
    expect(messageOf(deniedDecision(), 'a').check.key).not.toBe(messageOf().check.key);
  });

  it.each(hostileTexts.map((text) => [text.slice(0, 60), text] as const))('keeps foreign text to its line: %j', (_name, text) => {
    const reasons = deniedDecision().reasons.map((reason) => ({
      ...{ ...reason, policy: text, message: text, fix: text },
      findings: reason.findings.map((finding) => ({ ...finding, title: text, place: `src/a.js:${finding.id.slice(2)}` })),
    }));

    const { check } = scmStatus.render(messageOf(deniedDecision({ reasons })), renderingAt({}));

    expect(check!.annotations).toHaveLength(9);
    for (const { title, text: said } of check!.annotations) {
      expect(title).not.toMatch(/[\r\n\u202e\u200b]/);
      expect(said.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e\u200b]/u);
    }
  });
});

describe('with the credential of an App', () => {
  it('names no finding at any line where strangers read', async () => {
    const github = await httpReceiver();
    github.answer = ({ method }) => (method === 'GET' ? { status: 200, body: '{"check_runs":[]}' } : { status: 201, body: '{"id":1}' });
    const at = {
      provider: 'github',
      apiUrl: github.origin,
      fullName: 'acme/shop',
      authorization: 'Bearer t',
      app: '12',
      comments: 'summary',
    };
    const context = { dispatcher: new Agent(), credential: () => Promise.resolve(at) } as unknown as Sending;

    await scmStatus.send(scmStatus.render(messageOf(), renderingAt({})), context);
    await github.close();

    const { output } = JSON.parse(github.requests[1]!.body) as { output: { title: string; summary: string; annotations: unknown[] } };
    expect(output.annotations).toEqual([]);
    expect(output.summary).toBe(output.title);
  });

  it('a fixing commit turns the same check green', async () => {
    const github = await httpReceiver();
    github.answer = ({ method }) => (method === 'GET' ? { status: 200, body: '{"check_runs":[]}' } : { status: 201, body: '{"id":1}' });
    const context = {
      dispatcher: new Agent(),
      credential: () =>
        Promise.resolve({ provider: 'github', apiUrl: github.origin, fullName: 'acme/shop', authorization: 'Bearer t', app: '12' }),
    } as unknown as Sending;
    const fixed = deniedDecision({ result: 'pass', reasons: [], subject: { ...deniedDecision().subject, commit: 'f'.repeat(40) } });

    for (const decision of [deniedDecision(), fixed]) await scmStatus.send(scmStatus.render(messageOf(decision), renderingAt({})), context);
    await github.close();

    const runs = github.requests.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(runs.map(({ name, head_sha, conclusion }) => [name, head_sha, conclusion])).toEqual([
      ['throughline', deniedDecision().subject.commit, 'failure'],
      ['throughline', 'f'.repeat(40), 'success'],
    ]);
    expect(runs[0]!['output']).toMatchObject({
      title: expect.stringMatching(/^Blocked: /),
      summary: expect.stringContaining('- **Blocks** · `lodash 4.17.11`'),
      annotations: expect.arrayContaining([
        expect.objectContaining({
          path: 'src/export.js',
          start_line: 72,
          annotation_level: 'failure',
          message: expect.stringMatching(/^Fix: Use bound/),
        }),
      ]),
    });
  });
});
