import { describe, expect, it } from '@jest/globals';
import { locked } from './fixtures/locked.ts';

const lock = {
  packages: [
    {
      name: 'guzzlehttp/guzzle',
      version: '7.4.4',
      require: { php: '>=7', 'guzzlehttp/psr7': '^1', 'psr/log-implementation': '1' },
      license: ['MIT'],
    },
    { name: 'guzzlehttp/psr7', version: 'v1.8.3', license: ['MIT', 'Apache-2.0'] },
    { name: 'Monolog/Monolog', version: 'dev-main', provide: { 'psr/log-implementation': '1' } },
  ],
  'packages-dev': [{ name: 'phpunit/phpunit', version: '9.0.0' }],
};

describe('Composer', () => {
  it('reads composer.lock with what composer.json asks for', async () => {
    const files = {
      'composer.lock': JSON.stringify(lock, null, 1),
      'composer.json': JSON.stringify({ require: { php: '8', 'guzzlehttp/guzzle': '^7' }, 'require-dev': { 'phpunit/phpunit': '*' } }),
    };

    expect(await locked(files)).toEqual({
      packages: [
        'Monolog/Monolog@dev-main guzzlehttp/guzzle runtime :24',
        'guzzlehttp/guzzle@7.4.4 direct runtime :4',
        'guzzlehttp/psr7@v1.8.3 guzzlehttp/guzzle runtime :16',
        'phpunit/phpunit@9.0.0 direct development :33',
      ],
      open: ['Monolog/Monolog: it is locked to the branch dev-main'],
    });
  });

  it('without composer.json tells only what is for development', async () => {
    const { packages } = await locked({ 'composer.lock': JSON.stringify(lock) });

    expect(packages.map((one) => one.split(' ').slice(1, 3).join(' '))).toEqual([
      'unknown runtime',
      'unknown runtime',
      'unknown runtime',
      'unknown development',
    ]);
  });

  it('reads what is checked in, in the form of Composer 1 and 2', async () => {
    const packages = [
      { name: 'a/a', version: '1.0.0' },
      { name: 'a/test', version: '2.0.0' },
    ];
    const two = JSON.stringify({ packages, 'dev-package-names': ['a/test'] });

    expect(
      (await locked({ 'vendor/composer/installed.json': two, 'composer.json': '{"require":{"a/a":"1"},"require-dev":{"a/test":"2"}}' }))
        .packages,
    ).toEqual(['a/a@1.0.0 direct runtime :-', 'a/test@2.0.0 direct development :-']);
    expect((await locked({ 'vendor/composer/installed.json': JSON.stringify(packages) })).packages).toHaveLength(2);
  });

  it('refuses what is none', async () => {
    await expect(locked({ 'composer.lock': '{"hunter2": 1}' })).rejects.toMatchObject({ code: 'lock_file_refused' });
  });
});
