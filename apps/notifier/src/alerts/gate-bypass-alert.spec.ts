import { gateBypassAlert, gateBypassMessage, isRedeemed, type UnpassedMerge } from './gate-bypass-alert.ts';
import type { AlertStory } from './story.ts';

const at = new Date('2026-11-17T15:00:00Z');
const merge: UnpassedMerge = {
  ...{ repository: 'git.example/acme/shop', number: 7, head: 'b'.repeat(40), proposed: null, commit: 'd'.repeat(40) },
  ...{ baseRef: 'refs/heads/main', by: 'mallory', bypass: false, stood: 'deny', result: null, mergedAt: at, alert: null },
};

function told(...merges: readonly Partial<UnpassedMerge>[]): string {
  const { id, title, state, priority, severity } = gateBypassAlert(undefined, 'shop', merge, at);
  const change = { repository: merge.repository, line: 'merge', commit: '' };
  const story: AlertStory = {
    ...{ alert: id, title, state, priority, severity, change, since: at.toISOString() },
    ...{ application: { name: 'shop' }, decisions: [], fixes: [], publicUrl: 'https://tl.example' },
  };
  return JSON.stringify(
    gateBypassMessage(
      story,
      merges.map((over) => ({ ...merge, ...over })),
    ).sections,
  );
}

describe('the alert about merges past the gate', () => {
  it('says what is concluded, and what the host said', () => {
    expect(told({})).toMatch(/Concluded: (?!.*Told: )/);
    expect(told({ bypass: true })).toMatch(/Told: the host says itself/);
    expect(told({ bypass: true })).not.toContain('Concluded: ');
    expect(told({}, { number: 8, bypass: true })).toMatch(/Concluded: .*Told: /);
  });

  it.each([
    ['untold', 'unknown here'],
    ['pending', 'not judged yet'],
    ['undecided', 'not decided'],
    ['released', 'released unjudged'],
    ['deny', 'blocked'],
  ] as const)('says how it stood: %s', (stood, words) => {
    expect(told({ stood })).toContain(`: ${words} when it was merged (`);
  });

  it('names the commit that was proposed last only where another one was merged', () => {
    expect(told({ proposed: 'a'.repeat(40) })).toContain('proposed last was another commit, ');
    expect(told({})).not.toContain('proposed last');
  });

  it.each(['untold', 'pending', 'undecided', 'released', 'deny'] as const)(
    '%s and passed since is over, unless it was blocked',
    (stood) => {
      expect(isRedeemed({ stood, result: 'pass' })).toBe(stood !== 'deny');
      expect(isRedeemed({ stood, result: null })).toBe(false);
    },
  );
});
