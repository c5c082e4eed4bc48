import { compareHeads } from './compare.ts';

const told = new Map([['refs/heads/main', 'a'], ['refs/heads/old', 'b'], ['refs/heads/same', 'c']]); // prettier-ignore
const remote = new Map([['HEAD', 'd'], ['refs/heads/main', 'd'], ['refs/heads/same', 'c'], ['refs/heads/new', 'e'], ['refs/tags/v1', 'f']]); // prettier-ignore

it('finds branches that moved and that are gone', () => {
  const { moved, gone } = compareHeads(told, remote, { branchesKnown: true, followsAll: false });

  expect(moved).toEqual([{ ref: 'refs/heads/main', before: 'a', after: 'd' }]);
  expect(gone).toEqual(['refs/heads/old']);
});

it('takes a branch for news only when all branches were seen before', () => {
  const first = compareHeads(told, remote, { branchesKnown: false, followsAll: true });
  const later = compareHeads(told, remote, { branchesKnown: true, followsAll: true });

  expect(first.learned).toEqual([{ ref: 'refs/heads/new', after: 'e' }]);
  expect(first.moved).toHaveLength(1);
  expect(later.learned).toEqual([]);
  expect(later.moved).toContainEqual({ ref: 'refs/heads/new', after: 'e' });
});

it('follows only the branches that it was asked about where nobody sends webhooks', () => {
  const { moved, learned } = compareHeads(told, remote, { branchesKnown: false, followsAll: false });

  expect(moved.map(({ ref }) => ref)).toEqual(['refs/heads/main']);
  expect(learned).toEqual([]);
});
