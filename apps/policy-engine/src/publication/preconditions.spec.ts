import { describe, expect, it } from '@jest/globals';
import { readPolicy } from '@throughline/policy';
import type { Database, Identity } from '@throughline/service';
import type { BundleRows } from '../bundles/bundle-rows.ts';
import type { Bundles } from '../bundles/bundles.ts';
import type { Policies } from '../policies/policies.ts';
import type { PolicyRow, PolicyRows } from '../policies/policy-rows.ts';
import { BundlePublication } from './bundle-publication.ts';
import type { ChangeRequests } from '../changes/change-requests.ts';
import type { Narrowing } from './narrowing.ts';
import { Publication } from './publication.ts';

const text = (rule: string): string => `name: no-eval
description: No eval
gates: [change]
mode: enforce
severity: high
select: f.rule == "${rule}"
message: 'eval in {place}'
fix: Do without
`;
const everywhere = { kind: 'user', id: 't-ada', name: 'ada', rights: ['policies:write'], applications: '*' } as unknown as Identity;

/** What is in force is at version 3 and sequence 7 whenever it is read, or at what follows once `moved`. */
function engine() {
  const done = { tried: 0, judged: 0, locked: 0 };
  let moved = false;
  const database = { transaction: (work: (tx: object) => unknown) => Promise.resolve(work({})) } as unknown as Database;
  const row = () => ({ ...readPolicy(text('B1'), 3), name: 'no-eval', version: moved ? 4 : 3, source: text('B1') }) as unknown as PolicyRow;
  const table = {
    find: () => Promise.resolve(row()),
    page: () => Promise.resolve([row()]),
    lock: () => Promise.resolve((done.locked += 1)),
  } as unknown as PolicyRows;
  const read = (source: string) => {
    done.tried += 1;
    return Promise.resolve({ policy: readPolicy(source, 4), cases: [] });
  };
  const policies = { tried: (_: string, source: string) => read(source), test: read } as unknown as Policies;
  const narrowing = {
    of: () => {
      done.judged += 1;
      moved = true;
      return Promise.resolve({ weakens: [], affected: [] });
    },
  } as unknown as Narrowing;
  const bundles = { refuseUnsigned: () => Promise.resolve() } as unknown as Bundles;
  const rows = { current: () => Promise.resolve({ sequence: moved ? 8 : 7 }) } as unknown as BundleRows;
  const change = {
    name: 'no-eval',
    application: null,
    kind: 'publish',
    base: 3,
    source: text('B2'),
    digest: 'sha256:read',
    requester: 'u-bob',
    requesterAddress: null,
  };
  const requests = { found: () => Promise.resolve({ ...change, state: 'awaiting_approval' }) } as unknown as ChangeRequests;
  const publication = new Publication(database, table, policies, bundles, narrowing, requests);
  const together = new BundlePublication(database, policies, table, rows, bundles, {} as never, narrowing, {} as never);
  return {
    done,
    approve: (digest: string, caller: Identity) => publication.approve('c1', digest, caller),
    put: (ifMatch?: string) => publication.put('no-eval', text('B2'), everywhere, ifMatch),
    publish: (ifMatch?: string) => together.publish({ policies: [{ source: text('B2') }] }, everywhere, ifMatch),
  };
}

describe.each([
  ['a policy', 'put', '"3"'],
  ['a bundle', 'publish', '"7"'],
] as const)('publishing %s', (_, verb, current) => {
  it.each([
    [412, '"2"'],
    [428, undefined],
  ])('answers %i before any case is run or any denial judged again', async (status, ifMatch) => {
    const { done, ...calls } = engine();

    await expect(calls[verb](ifMatch)).rejects.toMatchObject({ status });

    expect(done).toEqual({ tried: 0, judged: 0, locked: 0 });
  });

  it('looks again once the denials are judged, for what came into force meanwhile', async () => {
    const { done, ...calls } = engine();

    await expect(calls[verb](current)).rejects.toMatchObject({ status: 412, code: 'changed_meanwhile' });

    expect(done).toEqual({ tried: 1, judged: 1, locked: 1 });
  });
});

describe('approving a change', () => {
  const person = (id: string) =>
    ({ ...everywhere, rights: ['approvals:write'], person: { id, name: id, email: `${id}@acme.example` } }) as unknown as Identity;

  it.each([
    ['what was not read', 'sha256:other', person('u-ada'), 412],
    ['what one asked for', 'sha256:read', person('u-bob'), 403],
  ])('is refused for %s before any case is run', async (_, digest, caller, status) => {
    const { done, approve } = engine();

    await expect(approve(digest, caller)).rejects.toMatchObject({ status });

    expect(done).toEqual({ tried: 0, judged: 0, locked: 0 });
  });
});
