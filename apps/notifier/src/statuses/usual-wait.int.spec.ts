import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ChangePushed, DecisionMade, make, type Notification } from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { eventually, FactPublisher, infra, SignedCaller, type Platform } from '@throughline/testing';
import { newDecision } from '../alerts/fixtures/decisions.ts';
import definition from '../service.ts';

jest.setTimeout(90_000);

/** Patient: other tests share the machine. */
const soon = <T>(expectation: () => T | Promise<T>): Promise<T> => eventually(expectation, 40_000);

let platform: Platform;
let publisher: FactPublisher;
let notifier: RunningService;
let door: SignedCaller;

beforeAll(async () => {
  const held = await infra();
  platform = await held.fresh(['notifier', 'gateway']);
  publisher = new FactPublisher(held, platform);
  notifier = await runService(definition, platform.environment('notifier'));
  door = new SignedCaller(notifier, platform);
}, 300_000);

afterAll(async () => {
  await notifier?.close();
  await platform?.remove();
});

const query = (sql: string, params: unknown[]): Promise<object[]> => notifier.get(Database).rows<Record<string, unknown>>(sql, params);

/** A commit is pushed; what will be decided about it. */
async function pushed(repository: string): Promise<DecisionMade> {
  const decision = newDecision();
  const subject = { ...decision.subject, repository };
  const { ref, commit } = subject;
  const push = make(ChangePushed, { repository, ref, after: commit, defaultBranch: 'main', forced: false, pusher: 'octo', commits: [] });
  await publisher.publish({ fact: push, deliveryKey: commit });
  await soon(async () => expect(await query('select 1 from commit_statuses where commit = $1', [commit])).toHaveLength(1));
  return make(DecisionMade, { ...decision, subject });
}

/** It is decided so many seconds after it was pushed. */
async function decidedAfter(seconds: number, decision: DecisionMade): Promise<void> {
  const { commit } = decision.subject;
  await query(`update commit_statuses set pending_since = clock_timestamp() - make_interval(secs => $2) where commit = $1`, [
    commit,
    seconds,
  ]);
  await publisher.publish({ fact: decision, deliveryKey: `${decision.decision} ${decision.revision}` });
  await soon(async () =>
    expect(await query('select revision from commit_statuses where commit = $1', [commit])).toEqual([{ revision: decision.revision }]),
  );
}

async function saidOf({ subject }: DecisionMade): Promise<string | undefined> {
  const { body } = await door.call<{ items: Notification[] }>('GET', `/api/v1/notifications?commit=${subject.commit}`);
  return body.items.find(({ summary }) => summary.startsWith('pending: '))?.summary.replace('pending: ', '');
}

describe('a pending status', () => {
  const repository = 'git.example/acme/timed';
  const plain = 'Scanning: the decision follows';

  it('says nothing about time while little is known', async () => {
    for (const seconds of [20, 38]) {
      const decision = await pushed(repository);
      await soon(async () => expect(await saidOf(decision)).toBe(plain));
      await decidedAfter(seconds, decision);
    }

    const third = await pushed(repository);

    await soon(async () => expect(await saidOf(third)).toBe(plain));
    await decidedAfter(37, third);
  });

  it('says how long the last commits of the repository took', async () => {
    const next = await pushed(repository);
    const elsewhere = await pushed('git.example/acme/other');

    await soon(async () => expect(await saidOf(next)).toBe(`${plain}, usually within 40 s`));
    await soon(async () => expect(await saidOf(elsewhere)).toBe(plain));
  });

  it('counts the first decision only, and none that was made before the push was read', async () => {
    const waited = (decision: DecisionMade): Promise<object[]> =>
      query('select waited_seconds as waited from commit_statuses where commit = $1', [decision.subject.commit]);
    const late = await pushed(repository);
    await decidedAfter(-3600, late);
    expect(await waited(late)).toEqual([{ waited: null }]);

    const decision = await pushed(repository);
    await decidedAfter(10, make(DecisionMade, { ...decision, result: 'undecided', missing: ['a scan failed'] }));
    expect(await waited(decision)).toEqual([{ waited: null }]);
    for (const [revision, seconds] of [
      [2, 60],
      [3, 9000],
    ] as const) {
      await decidedAfter(seconds, make(DecisionMade, { ...decision, revision }));
    }

    const [{ waited: first }] = (await waited(decision)) as [{ waited: number }];
    expect(first).toBeGreaterThanOrEqual(60);
    expect(first).toBeLessThan(9000);
  });
});
