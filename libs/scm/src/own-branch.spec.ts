import { expect, it } from '@jest/globals';
import { isOwnBranch } from './own-branch.ts';

it.each(['throughline/minimist-1.2.6-0f3a91bc', 'throughline/a'])('%s is a branch of ours', (branch) => {
  expect(isOwnBranch(branch)).toBe(true);
});

it.each([
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
  'throughline/a b',
  'throughline/a\nmain',
])('%j is none', (branch) => {
  expect(isOwnBranch(branch)).toBe(false);
});
