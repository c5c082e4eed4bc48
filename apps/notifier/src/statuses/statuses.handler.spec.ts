import { describe, expect, it } from '@jest/globals';
import { ChangePushed, make } from '@throughline/contracts';
import type { Inbox } from '@throughline/messaging';
import type { CommitStatuses } from './commit-statuses.ts';
import { StatusesHandler } from './statuses.handler.ts';

/** The commits beside which something is said after a push. */
async function saidAfter(more: Partial<ChangePushed>): Promise<string[]> {
  const said: string[] = [];
  const inbox = { once: (_fact: object, work: (tx: never) => Promise<void>) => work(undefined as never) };
  const statuses = { pushed: (_tx: never, { after }: ChangePushed) => Promise.resolve(said.push(after)) };
  const handler = new StatusesHandler(
    inbox as unknown as Inbox,
    statuses as unknown as CommitStatuses,
    undefined as never,
    undefined as never,
    undefined as never,
  );
  const push = { repository: 'git.example/a/b', ref: 'refs/heads/main', after: 'a'.repeat(40), defaultBranch: 'main', forced: false };
  await handler.pushed(make(ChangePushed, { ...push, pusher: '', commits: [], ...more }));
  return said;
}

describe('a status beside a pushed commit', () => {
  it('is pending from the start, on a branch', async () => {
    expect(await saidAfter({})).toEqual(['a'.repeat(40)]);
  });

  it.each([
    ['a tag', { ref: 'refs/tags/v1' }],
    ['what a repository held when it was connected', { first: true }],
  ])('is none for %s: nothing waits for it', async (_what, more) => {
    expect(await saidAfter(more)).toEqual([]);
  });
});
