import { describe, expect, it } from '@jest/globals';
import { ChangePushed, make, type NewFact } from '@throughline/contracts';
import { deliveredFacts, superseding } from './told-facts.ts';

function draft(after: string, pusher: string): NewFact {
  const fields = { repository: 'git.example/acme/shop', ref: 'refs/heads/main', defaultBranch: 'main', forced: false, commits: [] };
  return { fact: make(ChangePushed, { ...fields, after: after.repeat(40), pusher }), deliveryKey: 'd1' };
}

describe('a replay', () => {
  it('that says the same gives the same facts', () => {
    const former = deliveredFacts([draft('a', 'ada')]);

    const again = superseding([draft('a', 'ada')], former);

    expect(deliveredFacts(again)).toEqual(former);
    expect(again[0]).not.toHaveProperty('supersedes');
  });

  it('that says better gives facts that name the ones they replace', () => {
    const former = deliveredFacts([draft('a', ''), draft('b', 'bob')]);

    const [corrected, unchanged] = superseding([draft('a', 'ada'), draft('b', 'bob')], former);

    expect(corrected).toHaveProperty('supersedes', former[0]!.id);
    expect(unchanged).not.toHaveProperty('supersedes');
  });

  it('replaces each former fact once', () => {
    const former = deliveredFacts([draft('a', '')]);

    const replaying = superseding([draft('a', 'ada'), draft('b', 'bob')], former);

    expect(replaying.map(({ supersedes }) => supersedes)).toEqual([former[0]!.id, undefined]);
  });
});
