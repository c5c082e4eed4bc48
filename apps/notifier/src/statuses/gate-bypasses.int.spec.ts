import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Alert, ChangeMerged, CheckReleaseAnswer, DecisionMade, Page, ReleasedCheck } from '@throughline/contracts';
import { newDecision, revised } from '../alerts/fixtures/decisions.ts';
import { mergeOf, NotifierUnderTest, proposalOf, soon } from '../fixtures/notifier-under-test.ts';

jest.setTimeout(120_000);

const under = new NotifierUnderTest();
let number = 0;

beforeAll(() => under.start(), 300_000);
afterAll(() => under.stop());

interface Change {
  readonly number: number;
  readonly decision: DecisionMade;
  readonly repository: string;
}

/** A change request in a repository of its own, judged or not. */
async function proposed(result?: DecisionMade['result']): Promise<Change> {
  number += 1;
  const repository = `git.example/payments/r${number}`;
  const made = newDecision();
  const decision = revised(made, {
    subject: { ...made.subject, repository },
    ...(result !== undefined && result !== 'deny' && { result, reasons: [] }),
  });
  await under.tell(proposalOf(decision, number));
  const change = { number, decision, repository };
  if (result !== undefined) await decide(change);
  else await under.stands(decision.subject.commit, 0);
  return change;
}

async function decide(change: Change, over: Partial<DecisionMade> = {}, time = new Date()): Promise<void> {
  const decision = revised(change.decision, over);
  await under.tell(decision, time);
  await under.stands(decision.subject.commit, decision.revision);
}

async function merged({ number: merging, repository }: Change, over: Partial<ChangeMerged> = {}, time = new Date()): Promise<void> {
  await under.tell(mergeOf(repository, merging, over), time);
  await soon(async () => expect(await under.rows('select 1 from change_requests where repository = $1', [repository])).toEqual([]));
}

/** A change request that nobody told of before it was merged, as none of its commits was. */
function untold(): Change {
  number += 1;
  return { number, decision: newDecision(), repository: `git.example/payments/r${number}` };
}

const alertsOf = ({ repository }: Change): Promise<readonly Alert[]> => under.bypassesOf(repository);

const unpassedOf = ({ repository }: Change): Promise<readonly object[]> =>
  under.rows('select stood, head from unpassed_merges where repository = $1', [repository]);

/** What others are told of a merge; once. */
async function factOf({ number: merging, repository }: Change): Promise<Record<string, unknown> | undefined> {
  const told = await soon(async () => {
    const found = (await under.bypassFacts(repository)).filter((fact) => fact['number'] === merging);
    expect(found).not.toEqual([]);
    return found;
  });
  expect(told).toHaveLength(1);
  return told[0];
}

const graceIsOver = (): Promise<void> => under.hurry('merged unjudged');

describe('what was merged', () => {
  it('counts, not what was proposed last: another commit that nobody told of is told, with both', async () => {
    const change = await proposed('pass');
    const head = 'b'.repeat(40);

    await merged(change, { head });
    expect(await alertsOf(change)).toEqual([]);
    await graceIsOver();

    const [alert] = await soon(async () => {
      const found = await alertsOf(change);
      expect(found).toMatchObject([{ state: 'open', priority: 'P3' }]);
      return found;
    });
    const words = await under.wordsOf(alert!);
    expect(words).toContain(`#${change.number} at bbbbbbbbbbbb into main by mallory: unknown here when it was merged`);
    expect(words).toContain(`proposed last was another commit, ${change.decision.subject.commit.slice(0, 12)}`);
    expect(words).toContain('Concluded:');
    const fact = await factOf(change);
    expect(fact).toMatchObject({ head, proposed: change.decision.subject.commit, stood: 'untold', basis: 'inferred', alert: alert!.id });
  });

  it('is told at once where it is known to be blocked, though nobody told of its request', async () => {
    const change = await proposed('deny');
    const other = { ...untold(), repository: change.repository };

    await under.tell(mergeOf(other.repository, other.number, { head: change.decision.subject.commit, bypass: true }));

    await soon(async () => expect(await alertsOf(change)).toMatchObject([{ state: 'open', priority: 'P2' }]));
    expect(await factOf(other)).toMatchObject({ stood: 'deny', basis: 'told', mergedBy: 'mallory', commit: 'd'.repeat(40) });
    expect((await factOf(other))!['proposed']).toBeUndefined();
  });

  it('is none where nobody told of its request either, unless its host says that a rule was passed over', async () => {
    const old = untold();
    const forced = { ...untold(), repository: old.repository };
    const { commit: head } = old.decision.subject;

    await under.tell(mergeOf(old.repository, old.number, { head }));
    await under.tell(mergeOf(forced.repository, forced.number, { head, bypass: true }));

    await soon(async () => expect(await unpassedOf(old)).toMatchObject([{ stood: 'untold', head }]));
    expect(await under.rows('select number from unpassed_merges where repository = $1', [old.repository])).toEqual([
      { number: forced.number },
    ]);
  });

  it('and was never told ends by itself when it turns out to pass', async () => {
    const change = await proposed('pass');
    const { decision } = untold();
    const { commit: head } = decision.subject;
    await merged(change, { head });
    await soon(async () => expect(await unpassedOf(change)).toMatchObject([{ stood: 'untold', head }]));
    await graceIsOver();
    await soon(async () => expect(await alertsOf(change)).toMatchObject([{ state: 'open', priority: 'P3' }]));
    const judged = { ...decision, subject: { ...decision.subject, repository: change.repository } };

    await decide({ ...change, decision: revised(judged, { result: 'pass', reasons: [] }) });

    await soon(async () => expect(await alertsOf(change)).toMatchObject([{ state: 'resolved' }]));
  });

  it('was blocked when its decision was made before the merge, and only came here after it', async () => {
    const change = await proposed();
    await merged(change);

    await decide(change, {}, new Date(Date.now() - 60_000));

    const [alert] = await soon(async () => {
      const found = await alertsOf(change);
      expect(found).toMatchObject([{ state: 'open', priority: 'P2' }]);
      return found;
    });
    expect(await under.wordsOf(alert!)).toContain('blocked when it was merged');
    expect(await alertsOf(change)).toHaveLength(1);
  });

  it('was not judged yet when its decision was made after the merge, and came here before it', async () => {
    const change = await proposed();
    await decide(change);

    await merged(change, {}, new Date(Date.now() - 60_000));

    const [alert] = await soon(async () => {
      const found = await alertsOf(change);
      expect(found).toMatchObject([{ state: 'open', priority: 'P2' }]);
      return found;
    });
    const words = await under.wordsOf(alert!);
    expect(words).toContain('not judged yet when it was merged');
    expect(words).toContain('since then: deny');
  });
});

describe('a merge without a pass of the change gate', () => {
  it('is told at once where it was blocked, with who merged it', async () => {
    const change = await proposed('deny');

    await merged(change);

    const alert = await soon(async () => {
      const found = await alertsOf(change);
      expect(found).toMatchObject([{ state: 'open', priority: 'P2', severity: 'high' }]);
      return found[0]!;
    });
    expect(await under.wordsOf(alert)).toContain(
      `#${change.number} at ${change.decision.subject.commit.slice(0, 12)} into main by mallory: blocked`,
    );
    await decide(change, { result: 'pass', reasons: [], revision: change.decision.revision + 1 });
    expect(await alertsOf(change)).toMatchObject([{ state: 'open' }]);
  });

  it.each(['pass', 'warn'] as const)('is none where the gate said %s', async (result) => {
    const change = await proposed(result);

    await merged(change);

    expect(await under.rows('select 1 from unpassed_merges where repository = $1', [change.repository])).toEqual([]);
  });

  it('has some time to be judged, and is nothing when it passes by then', async () => {
    const change = await proposed();
    await merged(change);

    await decide(change, { result: 'pass', reasons: [] });
    await graceIsOver();

    await soon(async () => expect(await under.open('merged unjudged')).toEqual([]));
    expect(await alertsOf(change)).toEqual([]);
  });

  it.each([undefined, 'undecided'] as const)(
    'is told when nobody has judged it in time (%s), and ends when it passes after all',
    async (result) => {
      const change = await proposed(result);
      await merged(change);
      expect(await alertsOf(change)).toEqual([]);

      await graceIsOver();
      await soon(async () => expect(await alertsOf(change)).toMatchObject([{ state: 'open', priority: 'P3' }]));

      await decide(change, { result: 'pass', reasons: [], revision: change.decision.revision + 1 });
      await soon(async () => expect(await alertsOf(change)).toMatchObject([{ state: 'resolved' }]));
    },
  );

  it('while its check was released is told when it turns out to be blocked', async () => {
    const change = await proposed();
    const person = (id: string) => ({ id, name: id, person: { id, name: id, email: null } });
    const asked = await under.door.call<CheckReleaseAnswer>('POST', '/api/v1/check-releases', {
      body: { reason: 'away' },
      user: person('ada'),
    });
    const path = `/api/v1/check-releases/${asked.body.id}`;
    await under.door.call('POST', `${path}/confirm`, { body: { digest: asked.body.digest }, user: person('ben') });
    await soon(async () => expect((await under.door.call<CheckReleaseAnswer>('GET', path)).body.released).toBeGreaterThan(0));

    await merged(change);
    expect(await alertsOf(change)).toEqual([]);
    await decide(change);

    await soon(async () => expect(await alertsOf(change)).toMatchObject([{ state: 'open', priority: 'P2' }]));
    const checks = (await under.door.call<Page<ReleasedCheck>>('GET', `${path}/checks`)).body.items;
    expect(checks).toContainEqual(
      expect.objectContaining({ commit: change.decision.subject.commit, number: change.number, mergedBy: 'mallory', result: 'deny' }),
    );
    expect((await under.door.call<CheckReleaseAnswer>('GET', path)).body).toMatchObject({ merged: 1, blocked: 1 });
  });
});
