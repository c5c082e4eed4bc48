import { describe, expect, it } from '@jest/globals';
import { deniedDecision } from '../../alerts/fixtures/denied-push.ts';
import { decidedStatus, pendingStatus } from '../../statuses/status-message.ts';
import { hostileTexts } from '../../text/fixtures/hostile.ts';
import { renderingAt } from '../../rendering/fixtures/rendering.ts';
import { scmStatus, type ScmStatusPayload } from './scm-status.ts';

const at = renderingAt({});
const payloadOf = (...args: Parameters<typeof decidedStatus>): ScmStatusPayload => scmStatus.render(decidedStatus(...args), at);

describe('scm-status', () => {
  it('says pending before anything is known', () => {
    const message = pendingStatus({ repository: 'git.example/a/b', commit: 'a'.repeat(40), application: 'shop' }, 'https://tl.example');

    expect(scmStatus.render(message, at)).toMatchObject({ status: { verdict: 'pending', context: 'throughline' } });
  });

  it('says in one line what blocks and what ends it', () => {
    expect(payloadOf(deniedDecision(), 'https://tl.example').status.text).toBe(
      'Blocked: lodash (CVE-2019-10744) and 8 more. Fix: 4.17.21. 3 older findings do not count.',
    );
  });

  it.each([
    ['pass', 'pass'],
    ['warn', 'pass'],
    ['deny', 'deny'],
    ['undecided', 'undecided'],
  ] as const)('tells %s as %s', (result, verdict) => {
    const decision = deniedDecision({ result, missing: result === 'undecided' ? ['the dependency scan failed twice'] : [] });

    expect(payloadOf(decision, 'https://tl.example').status).toMatchObject({
      verdict,
      url: `https://tl.example/decisions/${decision.decision}`,
    });
  });

  it.each(hostileTexts.map((text) => [text.slice(0, 60), text]))('keeps to one line of 140 characters: %j', (_name, text) => {
    const { status } = payloadOf(deniedDecision({ result: 'undecided', missing: [text.slice(0, 300)] }), 'https://tl.example');

    expect(status.text.length).toBeLessThanOrEqual(140);
    expect(status.text).not.toMatch(/[\r\n]/);
  });
});
