import { refuseBranch } from './own-branch.ts';

it.each(['throughline/minimist-1.2.6-0f3a91bc', 'throughline/a'])('opens %s', (branch) => {
  expect(() => refuseBranch(branch)).not.toThrow();
});

it.each([
  undefined,
  'main',
  'throughline',
  'throughline/',
  'throughline/../main',
  'throughline/a..b',
  'throughline/a/b',
  'throughline/a.lock',
  'throughline/a.',
  'throughline/-x',
  'refs/heads/throughline/a',
  'throughline/a:refs/heads/main',
  'Throughline/a',
  ' throughline/a',
  'throughline/a\nmain',
])('does not open %j', (branch) => {
  expect(() => refuseBranch(branch)).toThrow(expect.objectContaining({ status: 403 }));
});
