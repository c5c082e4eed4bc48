import { describe, expect, it } from '@jest/globals';
import { commitInBounds, refuseOutOfBounds } from './bounds.ts';
import type { Identity } from './identity.ts';

const commit = 'c'.repeat(40);
const bound = { repository: 'git.example/shop/till', commit, ref: 'refs/heads/main' };
const person: Identity = { kind: 'user', id: 'u', name: 'Ada', rights: ['*'], applications: '*' };
const job: Identity = { ...person, bound };

describe('what a CI job asks about', () => {
  it.each([
    ['nothing named', {}],
    ['any spelling of its repository', { repository: 'https://git.example/Shop/till.git', commit }],
    ['its branch, short', { ref: 'main' }],
    ['its branch, in full', { ref: 'refs/heads/main' }],
  ])('is taken with %s', (_, about) => {
    expect(() => refuseOutOfBounds(job, about)).not.toThrow();
  });

  it.each([
    ['another repository', { repository: 'https://git.example/shop/till2' }, 'repository'],
    ['several repositories', { repository: 'git.example/shop/till,git.example/shop/other' }, 'repository'],
    ['all repositories but one', { repository: '!git.example/shop/other' }, 'repository'],
    ['what is no repository', { repository: '..' }, 'repository'],
    ['another commit', { commit: 'd'.repeat(40) }, 'commit'],
    ['another branch', { ref: 'release' }, 'ref'],
    ['a tag of the name', { ref: 'refs/tags/main' }, 'ref'],
  ])('is refused with %s', (_, about, what) => {
    expect(() => refuseOutOfBounds(job, about)).toThrow(expect.objectContaining({ status: 403, message: expect.stringContaining(what) }));
  });

  it('is its own commit where nothing is named, and left alone for people', () => {
    expect(commitInBounds(job, {})).toEqual({ repository: bound.repository, commit });
    expect(commitInBounds(person, { repository: 'git.example/other' })).toEqual({ repository: 'git.example/other' });
  });
});
