import { describe, expect, it } from '@jest/globals';
import { codeOwners, type Dialect } from './code-owners.ts';
import { dialectOf, placesFor } from './owner-files.ts';

type Case = readonly [path: string, owners: readonly string[] | undefined];

function holds(dialect: Dialect, lines: readonly string[], cases: readonly Case[]): void {
  const { ownersOf } = codeOwners(lines.join('\n'), dialect);
  expect(cases.map(([path]) => [path, ownersOf(path)])).toEqual(cases);
}

describe('CODEOWNERS of GitHub', () => {
  it('is read as its documentation shows it', () => {
    holds(
      'github',
      [
        '# a comment',
        '*       @global-owner1 @global-owner2',
        '*.js    @js-owner #This is an inline comment.',
        '*.go docs@example.com',
        '/build/logs/ @doctocat',
        'docs/*  docs@example.com',
        'apps/ @octocat',
        '/scripts/ @doctocat @octocat',
        '**/logs @octo-org/octocats',
        '/apps/github',
        '/apps/github/open @open',
      ],
      [
        ['README.md', ['@global-owner1', '@global-owner2']],
        ['a/b/c.txt', ['@global-owner1', '@global-owner2']],
        ['src/a.js', ['@js-owner']],
        ['main.go', ['docs@example.com']],
        ['build/logs/a/b.log', ['@octo-org/octocats']],
        ['docs/getting-started.md', ['docs@example.com']],
        ['docs/build-app/troubleshooting.md', ['@global-owner1', '@global-owner2']],
        ['x/apps/y.js', ['@octocat']],
        ['scripts/run', ['@doctocat', '@octocat']],
        ['deeply/nested/logs/x.js', ['@octo-org/octocats']],
        ['apps/github/a.js', []],
        ['apps/github/open/a.js', ['@open']],
      ],
    );
  });

  it('is case-sensitive, anchors by a slash within, and knows escaped spaces', () => {
    holds(
      'github',
      ['a/b.txt @one', 'with\\ space.md @two', 'SRC/ @three'],
      [
        ['a/b.txt', ['@one']],
        ['x/a/b.txt', undefined],
        ['with space.md', ['@two']],
        ['src/x', undefined],
      ],
    );
  });

  it('skips lines that GitHub does not read, and names them', () => {
    const { ownersOf, faults } = codeOwners('* @one\n!a.txt @two\n[ab].txt @three\nb.txt not an owner\n\n# c', 'github');

    expect([ownersOf('a.txt'), ownersOf('b.txt'), faults]).toEqual([['@one'], ['@one'], [2, 3, 4]]);
  });
});

describe('CODEOWNERS of GitLab', () => {
  it('has sections beside one another, each with its last match and its default owners', () => {
    holds(
      'gitlab',
      [
        '* @default',
        'README.md @readme',
        '[Documentation][2] @docs-team',
        'docs/',
        'README.md @writer',
        '^[Database] @dba',
        '/db/*.sql',
        '!/db/seed.sql',
        '[documentation]',
        '*.adoc @adoc',
      ],
      [
        ['src/a.rb', ['@default']],
        ['README.md', ['@readme', '@writer']],
        ['x/docs/a.md', ['@default', '@docs-team']],
        ['db/a.sql', ['@default', '@dba']],
        ['db/sub/a.sql', ['@default']],
        ['db/seed.sql', ['@default']],
        ['x/a.adoc', ['@default', '@adoc']],
      ],
    );
  });

  it('matches a path without a slash at its end as a file, and at any depth without one at its beginning', () => {
    holds(
      'gitlab',
      ['internal/README.md @one', '/config @two', '/doc/ @three', '/lib/**/x.rb @four', 'name\\ with\\ space.md @@maintainer'],
      [
        ['a/internal/README.md', ['@one']],
        ['config', ['@two']],
        ['config/a', undefined],
        ['doc/a/b', ['@three']],
        ['lib/x.rb', ['@four']],
        ['lib/a/b/x.rb', ['@four']],
        ['name with space.md', ['@@maintainer']],
      ],
    );
  });
});

it('of Gitea are expressions over the whole path, and all that match count', () => {
  holds(
    'gitea',
    ['.*\\.go @org/gophers', 'services/.* @ann', '!.*\\.md @not-docs', '(unclosed @x'],
    [
      ['services/a.go', ['@org/gophers', '@ann', '@not-docs']],
      ['README.md', undefined],
      ['a.txt', ['@not-docs']],
    ],
  );
});

it('of Bitbucket has groups, settings, and lines that take out', () => {
  holds(
    'bitbucket',
    ['CODEOWNERS.toplevel.assignment_routing random 2', '@@@Devs @ann @bob', '* @all', 'src/ @@Devs', '!src/gen/'],
    [
      ['a', ['@all']],
      ['src/a', ['@ann', '@bob']],
      ['src/gen/a', []],
    ],
  );
});

it('takes no longer for a pattern that was made to be slow', () => {
  const { ownersOf } = codeOwners(`${'*a'.repeat(100)}b @x\n(a+)+$ @y`, 'github');

  expect(ownersOf('a'.repeat(1000))).toBeUndefined();
});

describe('which host a file is for', () => {
  it.each([
    ['github.com/acme/shop', 'CODEOWNERS', '[a] @b', 'github'],
    ['gitlab.acme.example/acme/shop', 'CODEOWNERS', '* @a', 'gitlab'],
    ['code.example/acme/shop', '.gitea/CODEOWNERS', '* @a', 'gitea'],
    ['code.example/acme/shop', 'CODEOWNERS', '[Docs]\n* @a', 'gitlab'],
    ['code.example/acme/shop', 'CODEOWNERS', '.*\\.js @a', 'gitea'],
    ['code.example/acme/shop', 'CODEOWNERS', '*.js @a', 'github'],
  ])('%s %s %j: %s', (repository, path, text, dialect) => {
    expect(dialectOf(repository, path, text)).toBe(dialect);
  });

  it('tells where it may be', () => {
    expect(placesFor('github.com/acme/shop')[0]).toBe('.github/CODEOWNERS');
    expect(placesFor('code.example/acme/shop')).toHaveLength(7);
  });
});
