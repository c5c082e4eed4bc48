import { expect, it } from '@jest/globals';
import { comparatorOf } from '@throughline/versions';
import { corpusText, describeCorpus } from './corpora.ts';

const orders = { '<': -1, '=': 0, '>': 1 } as const;

describeCorpus('versions', () => {
  it.each([
    ['npm', 'semver-versions.txt'],
    ['PyPI', 'pypi-versions.txt'],
    ['Maven', 'maven-versions.txt'],
    ['NuGet', 'nuget-versions.txt'],
    ['Packagist', 'packagist-versions.txt'],
    ['RubyGems', 'rubygems-versions.txt'],
    ['Debian:12', 'debian-versions.txt'],
    ['Alpine:v3.19', 'alpine-versions.txt'],
  ])('orders the versions of %s as listed in %s', (ecosystem, file) => {
    const lines = corpusText(`versions/${file}`)
      .split('\n')
      .filter((line) => line.trim() !== '' && !/^\s*(#|\/\/)/.test(line));

    const wrong = lines.filter((line) => {
      const [left, sign, right] = line.trim().split(/\s+/) as [string, keyof typeof orders, string];
      return comparatorOf(ecosystem)!.compare(left, right) !== orders[sign];
    });

    expect(lines.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });
});
