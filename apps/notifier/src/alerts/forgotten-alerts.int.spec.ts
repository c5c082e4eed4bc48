import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ChangePushed, make, RepositoryRemoved, type DecisionMade } from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { eventually, FactPublisher, infra, type Platform } from '@throughline/testing';
import definition from '../service.ts';
import { fixFor, newDecision, revised } from './fixtures/decisions.ts';

jest.setTimeout(90_000);

/** Patient: other tests share the machine. */
const soon = <T>(expectation: () => T | Promise<T>): Promise<T> => eventually(expectation, 40_000);

let platform: Platform;
let publisher: FactPublisher;
let notifier: RunningService;

beforeAll(async () => {
  const held = await infra();
  platform = await held.fresh(['notifier']);
  publisher = new FactPublisher(held, platform);
  notifier = await runService(definition, platform.environment('notifier'));
}, 300_000);

afterAll(async () => {
  await notifier?.close();
  await platform?.remove();
});

async function decide(decision: DecisionMade): Promise<void> {
  await publisher.publish({ fact: decision, deliveryKey: `${decision.decision} ${decision.revision}` });
}

describe('a removed repository', () => {
  const tables = ['alerts', 'changes', 'judgements', 'fixes', 'conversations', 'commit_statuses', 'repositories'];
  const rowsOf = async (repository: string): Promise<Record<string, number>> => {
    const counts = tables.map((table) => `(select count(*) from ${table} where repository = $1)::int as ${table}`);
    return (await notifier.get(Database).rows<Record<string, number>>(`select ${counts.join(', ')}`, [repository]))[0]!;
  };

  it('leaves no alert, message or status behind, and others keep theirs', async () => {
    const [gone, stays] = ['git.example/acme/gone', 'git.example/acme/stays'].map((repository) => {
      const decision = newDecision();
      return revised(decision, { subject: { ...decision.subject, repository } });
    }) as [DecisionMade, DecisionMade];
    for (const decision of [gone, stays]) {
      const { repository, commit: after, ref } = decision.subject;
      const push = make(ChangePushed, { repository, ref, after, defaultBranch: 'main', forced: false, pusher: 'octo', commits: [] });
      await publisher.publish({ fact: push, deliveryKey: repository });
      await decide(decision);
      await publisher.publish({ fact: fixFor(decision), deliveryKey: repository });
      await soon(async () =>
        expect(await rowsOf(repository)).toMatchObject({ alerts: 1, changes: 1, judgements: 1, fixes: 1, commit_statuses: 1 }),
      );
    }
    const before = await rowsOf(stays.subject.repository);

    const { repository } = gone.subject;
    const removed = { repository, repositoryId: 'r', name: 'gone', application: 'unassigned', by: 'ada' };
    await publisher.publish({ fact: make(RepositoryRemoved, removed), deliveryKey: 'removal', sequence: 100 });

    const nothing = Object.fromEntries(tables.map((table) => [table, 0]));
    await soon(async () => expect(await rowsOf(repository)).toEqual(nothing));
    await decide(revised(gone, { revision: 9 }));
    await decide(revised(stays, { revision: 9 }));
    await soon(async () => {
      const sql = 'select revision from judgements where repository = $1';
      expect(await notifier.get(Database).rows(sql, [stays.subject.repository])).toEqual([{ revision: 9 }]);
    });
    expect(await rowsOf(repository)).toEqual(nothing);
    expect(await rowsOf(stays.subject.repository)).toEqual(before);
  });
});
