import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Alert, DecisionMade } from '@throughline/contracts';
import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import { main, mergeOf, NotifierUnderTest, proposalOf, soon } from '../fixtures/notifier-under-test.ts';
import { newDecision, revised } from './fixtures/decisions.ts';

jest.setTimeout(120_000);

const kind = 'ask host about merge';
const suites = '/repos/payments/shop/rulesets/rule-suites';
const made = 'd'.repeat(40);
const passedOver = [{ after_sha: made, ref: main, result: 'bypass' }];
const under = new NotifierUnderTest();

let github: HttpReceiver;
let number = 0;
let before = 0;

beforeAll(async () => {
  github = await httpReceiver();
  await under.start({ OUTBOUND_ALLOW: github.origin });
}, 300_000);

afterAll(async () => {
  await under.stop();
  await github?.close();
});

/** What GitHub answers about its rule suites, and by whose token it is asked. */
function host(status: number, body: unknown, app?: string): void {
  const way = { provider: 'github', apiUrl: github.origin, fullName: 'payments/shop', authorization: 'Bearer t' };
  under.ingest.answer = () => ({ status: 200, body: JSON.stringify({ ...way, ...(app !== undefined && { app }) }) });
  before = suitesAsked();
  github.answer = ({ path }) => (path.startsWith(suites) ? { status, body: JSON.stringify(body) } : { status: 201, body: '{"id":1}' });
}

const suitesAsked = (): number => github.requests.filter(({ path }) => path.startsWith(suites)).length;
const asked = (): number => suitesAsked() - before;

/** Merges a change request that was blocked; answers its repository. */
async function mergeBlocked(): Promise<string> {
  number += 1;
  const blocked = newDecision();
  const repository = `git.example/payments/h${number}`;
  const decision: DecisionMade = revised(blocked, { subject: { ...blocked.subject, repository } });
  const { commit: head } = decision.subject;
  await under.tell(proposalOf(decision, number));
  await under.tell(decision);
  await under.stands(head, decision.revision);
  await under.tell(mergeOf(repository, number, { head, commit: made }));
  return repository;
}

const alertOf = (repository: string): Promise<Alert> =>
  soon(async () => {
    const found = await under.bypassesOf(repository);
    expect(found).toHaveLength(1);
    return found[0]!;
  });

const basesOf = async (repository: string): Promise<readonly unknown[]> => (await under.bypassFacts(repository)).map(({ basis }) => basis);

/** It waits a little for the host, which the test does not. */
const askedNow = (): Promise<void> =>
  soon(async () => {
    await under.hurry(kind);
    expect(await under.open(kind)).toEqual([]);
  });

describe('a merge past the gate', () => {
  it('is one alert, that says so when the host keeps it too', async () => {
    host(200, passedOver);
    const repository = await mergeBlocked();
    const { id } = await alertOf(repository);

    await askedNow();

    await soon(async () => expect(await under.wordsOf(await alertOf(repository))).toContain('Told: the host says itself'));
    expect((await alertOf(repository)).id).toBe(id);
    await soon(async () => expect(await basesOf(repository)).toEqual(['inferred', 'told']));
  });

  it.each([
    ['keeps nothing of it', 200, []],
    ['does not show it to this token', 403, { message: 'Resource not accessible by personal access token' }],
  ])('stays our conclusion where the host %s, which is asked once', async (_what, status, body) => {
    host(status, body);
    const repository = await mergeBlocked();
    await alertOf(repository);

    await askedNow();

    expect(asked()).toBe(1);
    expect(await under.wordsOf(await alertOf(repository))).toContain('Concluded: ');
    expect(await basesOf(repository)).toEqual(['inferred']);
  });

  it('is not asked about with the token of our App', async () => {
    host(200, passedOver, '7');
    const repository = await mergeBlocked();
    await alertOf(repository);

    await askedNow();

    expect(asked()).toBe(0);
  });
});
