import { describe, expect, it } from '@jest/globals';
import { locked } from './fixtures/locked.ts';

const lock = `GIT
  remote: https://git.example/fork.git
  revision: abc
  specs:
    forked (1.0.0)
      rack

PATH
  remote: .
  specs:
    own (0.1.0)
      rails (~> 7)

GEM
  remote: https://gems.example/
  specs:
    nokogiri (1.13.0)
      racc (~> 1.4)
    nokogiri (1.13.0-x86_64-linux)
      racc (~> 1.4)
    racc (1.6.0.pre.1)
    rack (2.2.3)
    rails (7.0.0)
      nokogiri (>= 1.6)
    rspec (3.0.0)

PLATFORMS
  ruby
  x86_64-linux

DEPENDENCIES
  forked!
  own!
  rspec (~> 3)

CHECKSUMS
  rack (2.2.3) sha256=00

BUNDLED WITH
   2.3.0
`;

describe('Gemfile.lock', () => {
  it('takes a gem of several platforms once, its edges, and what lies in the repository as the project', async () => {
    const files = {
      'Gemfile.lock': lock,
      Gemfile: "gemspec\ngem 'forked', git: 'x'\ngroup :development, :test do\n  gem 'rspec', '~> 3' # tests\nend\n",
    };

    expect((await locked(files)).packages).toEqual([
      'forked@1.0.0 direct runtime :5',
      'nokogiri@1.13.0 rails runtime :17',
      'racc@1.6.0.pre.1 rails>nokogiri runtime :21',
      'rack@2.2.3 forked runtime :22',
      'rails@7.0.0 direct runtime :23',
      'rspec@3.0.0 direct development :25',
    ]);
  });

  it.each([
    ["gem 'rspec', group: :test", 'development'],
    ["gem 'rspec', groups: [:test, :production]", 'runtime'],
    ["group :test do\n  if x\n    gem 'rspec'\n  end\nend", 'development'],
    ["group :test do\nend\ngem 'rspec'", 'runtime'],
    ["group :production do\n  gem 'rspec'\nend", 'runtime'],
    ['', 'runtime'],
  ])('reads from %j that rspec is for %s', async (Gemfile, scope) => {
    expect((await locked({ 'gems.locked': lock, 'gems.rb': Gemfile })).packages.at(-1)).toContain(scope);
  });

  it.each(['', 'GEM\n<<<<<<< HEAD\n'])('refuses %j', async (text) => {
    await expect(locked({ 'Gemfile.lock': text })).rejects.toMatchObject({ code: 'lock_file_refused' });
  });
});
