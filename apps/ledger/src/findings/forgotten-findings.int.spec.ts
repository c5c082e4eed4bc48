import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { make, RepositoryRemoved } from '@throughline/contracts';
import { codeFinding, component, eventually, everyRow, LedgerInTest, osvRecord, type PublishedFact } from '@throughline/testing';
import definition from '../service.ts';

const [removed, other] = ['git.example/acme/removed', 'git.example/acme/other'];

let ledger: LedgerInTest;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
  const record = osvRecord('GHSA-1', 'minimist', [{ introduced: '0' }, { fixed: '1.2.6' }]);
  await ledger.call('POST', '/api/v1/advisories', { body: record });
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

describe('a removed repository', () => {
  it('leaves every table as if it had never been', async () => {
    await scan(other, 'b', 1);
    const before = await everything();
    await scan(removed, 'a', 1, component('lodash', '4.17.20'));
    await ledger.scan({ repository: removed, commit: 'c', position: 2, findings: [], seq: 1 });
    await ledger.idle();
    expect(await everything()).not.toEqual(before);

    await ledger.publish(removal(100));

    await eventually(async () => expect(await ledger.rows('select 1 from removed_repository')).toHaveLength(1));
    await ledger.idle();
    expect(await everything()).toEqual(before);
  });

  it('is not brought back by an evaluation that comes late, but by one of its next life', async () => {
    const late = await ledger.completed({ repository: removed, commit: 'a', position: 1, components: [component('left-pad', '1.0.0')] });
    await ledger.publish({ fact: late, deliveryKey: late.run });
    await scan(other, 'd', 2);

    expect(await ledger.rows(`select 1 from evaluation where repository = $1`, [removed])).toEqual([]);
    expect(await ledger.rows(`select 1 from package where name = 'left-pad'`)).toEqual([]);

    const again = await ledger.completed({ repository: removed, commit: 'a', position: 1, findings: [codeFinding('B602')] });
    await ledger.publish({ fact: again, deliveryKey: again.run, afterremoval: 100 } as PublishedFact);

    await eventually(async () => expect(await ledger.rows('select 1 from evaluation where run = $1', [again.run])).toHaveLength(1));
    expect(await ledger.rows(`select rule from finding where repository = $1`, [removed])).toEqual([{ rule: 'B602' }]);
  });
});

async function scan(repository: string, commit: string, position: number, ...more: ReturnType<typeof component>[]): Promise<void> {
  const components = [component('minimist', '1.2.0'), ...more];
  await ledger.scan({ repository, commit, position, components, findings: [codeFinding('B602')], tool: 'dependencies' });
  await ledger.idle();
}

function removal(sequence: number): PublishedFact {
  const fact = make(RepositoryRemoved, { repository: removed, repositoryId: 'r', name: 'removed', application: 'unassigned', by: 'ada' });
  return { fact, deliveryKey: `removal ${sequence}`, sequence };
}

const everything = (): Promise<Record<string, string[]>> => everyRow((sql, params) => ledger.rows(sql, params));
