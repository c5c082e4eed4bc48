import { gateBypassAlert, gateBypassMessage, isRedeemed, type UnpassedMerge } from './gate-bypass-alert.ts';
import type { AlertStory } from './story.ts';

const at = new Date('2026-11-17T15:00:00Z');
const merge: UnpassedMerge = {
  ...{ repository: 'git.example/acme/shop', what: '#7', number: 7, head: 'b'.repeat(40), proposed: null, commit: 'd'.repeat(40) },
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

  it('tells of a push that it was one, and how that is known', () => {
    const push = { what: 'b'.repeat(40), number: null, commit: null };

    expect(told(push)).toMatch(/Push.*bbbbbbbbbbbb.*main.*mallory.*: blocked when it was pushed \(/);
    expect(told(push)).toMatch(/Concluded: the branch requires our check/);
    expect(told(push)).not.toContain('which commit was merged');
    expect(told({}, push)).toMatch(/#7.*when it was merged.*Push.*when it was pushed/);
    expect(gateBypassAlert(undefined, 'shop', { ...merge, ...push }, at).title).toBe('acme/shop: pushed past the change gate');
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
