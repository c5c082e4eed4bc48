import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ChangePushed, make, type Alert, type DecisionMade, type RepositoryProtection } from '@throughline/contracts';
import { newDecision, revised } from '../alerts/fixtures/decisions.ts';
import { main, mergeOf, NotifierUnderTest, soon } from '../fixtures/notifier-under-test.ts';

jest.setTimeout(120_000);

const under = new NotifierUnderTest();
/** By repository, as its host was asked last; nobody knows the others. */
const protections = new Map<string, RepositoryProtection>();
let pushes = 0;

beforeAll(async () => {
  await under.start();
  under.ingest.answer = ({ path, body }) => {
    if (path !== '/internal/repositories/protection') return { status: 200, body: '{"provider":"none"}' };
    const known = protections.get((JSON.parse(body) as { repository: string }).repository);
    return known ? { status: 200, body: JSON.stringify(known) } : { status: 404, body: '{"code":"not_found"}' };
  };
}, 300_000);
afterAll(() => under.stop());

interface Push {
  readonly repository: string;
  readonly commit: string;
  readonly decision: DecisionMade;
}

/** A commit of a repository of its own, whose branch is protected. */
function commitOf(state: RepositoryProtection['state'] | undefined = 'right'): Push {
  pushes += 1;
  const repository = `git.example/payments/p${pushes}`;
  if (state !== undefined) protections.set(repository, { state, branch: 'main' });
  const made = newDecision();
  const decision = revised(made, { subject: { ...made.subject, repository } });
  return { repository, commit: decision.subject.commit, decision };
}

async function pushed({ repository, commit }: Push, over: Partial<ChangePushed> = {}): Promise<void> {
  const told = { ref: main, before: 'e'.repeat(40), after: commit, defaultBranch: 'main', forced: false, pusher: 'mallory', commits: [] };
  await under.tell(make(ChangePushed, { repository, ...told, ...over }));
  const known = 'select 1 from commit_statuses where repository = $1 and commit = $2';
  await soon(async () => expect(await under.rows(known, [repository, over.after ?? commit])).toHaveLength(1));
}

async function decided({ decision }: Push, result: DecisionMade['result'], revision = decision.revision): Promise<void> {
  await under.tell(revised(decision, { revision, ...(result === 'deny' ? {} : { result, reasons: [] }) }));
  await under.stands(decision.subject.commit, revision);
}

const noted = ({ repository }: Push): Promise<object[]> =>
  under.rows('select head, stood, result from unpassed_merges where repository = $1', [repository]);
const alertsOf = ({ repository }: Push): Promise<readonly Alert[]> => under.bypassesOf(repository);

async function graceIsOver(): Promise<void> {
  await under.hurry('pushed unjudged');
  await soon(async () => expect(await under.open('pushed unjudged')).toEqual([]));
}

describe('a push to a branch that requires our check', () => {
  it('is told at once when it turns out to be blocked, with who pushed; others are told, too', async () => {
    const push = commitOf();
    await pushed(push);
    expect(await alertsOf(push)).toEqual([]);

    await decided(push, 'deny');

    const [alert] = await soon(async () => {
      const found = await alertsOf(push);
      expect(found).toMatchObject([{ state: 'open', priority: 'P2', title: expect.stringContaining('pushed past the change gate') }]);
      return found;
    });
    const words = await under.wordsOf(alert!);
    expect(words).toContain(`Push of ${push.commit.slice(0, 12)} to main by mallory: unknown here when it was pushed`);
    expect(words).toContain('since then: deny');
    expect(words).toContain('Concluded: the branch requires our check');
    const [fact, ...more] = await soon(async () => {
      const told = await under.bypassFacts(push.repository, 'pushed-past');
      expect(told).not.toEqual([]);
      return told;
    });
    expect(more).toEqual([]);
    expect(fact).toMatchObject({ commit: push.commit, ref: main, stood: 'untold', result: 'deny', pusher: 'mallory', basis: 'inferred' });
    expect(await under.bypassFacts(push.repository)).toEqual([]);
  });

  it('is told when nobody has judged it in time, and ends when it passes after all', async () => {
    const push = commitOf('passed_over');
    await pushed(push);

    await graceIsOver();
    expect(await alertsOf(push)).toMatchObject([{ state: 'open', priority: 'P3' }]);
    await decided(push, 'pass');

    await soon(async () => expect(await alertsOf(push)).toMatchObject([{ state: 'resolved' }]));
  });

  it('is nothing when it passes in time', async () => {
    const push = commitOf();
    await pushed(push);
    await decided(push, 'warn');

    await graceIsOver();

    expect(await alertsOf(push)).toEqual([]);
  });

  it('was blocked where its commit was known to be, on another branch', async () => {
    const push = commitOf();
    await pushed(push, { ref: 'refs/heads/feature' });
    await decided(push, 'deny');

    await under.tell(
      make(ChangePushed, {
        ...{ repository: push.repository, ref: main, before: 'e'.repeat(40), after: push.commit, defaultBranch: 'main' },
        ...{ forced: false, pusher: 'mallory', commits: [] },
      }),
    );
    const [alert] = await soon(async () => {
      const found = await alertsOf(push);
      expect(found).toMatchObject([{ state: 'open', priority: 'P2' }]);
      return found;
    });
    expect(await under.wordsOf(alert!)).toContain('blocked when it was pushed');
  });

  it.each<[string, Partial<ChangePushed>]>([
    ['to another branch', { ref: 'refs/heads/feature' }],
    ['that nobody is named for', { pusher: '' }],
    ['that makes the branch', { before: undefined! }],
    ['that was scanned again', { rescan: true }],
  ])('is none %s', async (_, over) => {
    const push = commitOf();

    await pushed(push, over);

    expect(await noted(push)).toEqual([]);
  });

  it.each([undefined, 'not_required', 'another_app', 'unknown', 'not_looked'] as const)(
    'is none where the branch does not ask for it, as far as is known (%s)',
    async (state) => {
      const push = commitOf('waiting');
      if (state === undefined) protections.delete(push.repository);
      else protections.set(push.repository, { state, branch: 'main' });
      await pushed(push);
      await decided(push, 'deny');

      await soon(async () => expect(await noted(push)).toEqual([]));
      expect(await alertsOf(push)).toEqual([]);
    },
  );
});

describe('what a merge made', () => {
  it.each(['before', 'after'] as const)('is no push past the gate, when the merge is told %s it', async (when) => {
    const push = commitOf();
    const merge = mergeOf(push.repository, 7, { commit: push.commit });

    if (when === 'before') await under.tell(merge);
    await pushed(push);
    if (when === 'after') {
      expect(await noted(push)).toHaveLength(1);
      await under.tell(merge);
    }

    await soon(async () => expect(await noted(push)).toEqual([]));
    await graceIsOver();
    expect(await alertsOf(push)).toEqual([]);
  });

  it('ends the alert that took it for a push, where its host told late', async () => {
    const push = commitOf();
    await pushed(push);
    await graceIsOver();
    expect(await alertsOf(push)).toMatchObject([{ state: 'open' }]);

    await under.tell(mergeOf(push.repository, 7, { commit: push.commit }));

    await soon(async () => expect(await alertsOf(push)).toMatchObject([{ state: 'resolved' }]));
  });

  it('is one where it got into another branch by a change request, and into this one without', async () => {
    const push = commitOf();
    await under.tell(mergeOf(push.repository, 7, { commit: push.commit, baseRef: 'refs/heads/develop' }));

    await pushed(push);

    expect(await noted(push)).toMatchObject([{ head: push.commit, stood: 'untold' }]);
  });
});
