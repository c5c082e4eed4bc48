import { describe, expect, it } from '@jest/globals';
import type { RawFinding } from '@throughline/findings';
import { repeated } from './repeated-input.ts';
import type { SecretRules } from './secret-rules.ts';
import { TextMasks } from './text-masks.ts';

const rules: SecretRules = async (_, content) =>
  [...content.matchAll(/s3cret-\d+/g)].map((match) => ({ rule: 'r', kind: 'K', start: match.index, end: match.index + match[0].length }));
const finding = (more: Partial<RawFinding>): RawFinding => ({ class: 'code', rule: 'R', title: 't', severity: 'low', ...more });

async function settled(masks: TextMasks, ...findings: RawFinding[]) {
  const all = [];
  for (const one of findings) all.push(...(await masks.take(one)));
  return [...all, ...(await masks.rest())];
}

describe('the texts of a foreign report', () => {
  it('lose what the rules know, wherever they quote it', async () => {
    const quoted = { title: 'a s3cret-1', description: 'b s3cret-2', snippet: 'c s3cret-3', resource: 'd s3cret-4', path: '/src/s3cret-5' };

    const [masked] = await settled(new TextMasks(rules), finding(quoted));

    expect(masked).toMatchObject({ title: 'a •••', description: 'b •••', snippet: 'c •••', resource: 'd •••', path: '•••' });
  });

  it('lose what another result of the report calls a secret', async () => {
    const [, quoting] = await settled(
      new TextMasks(rules),
      finding({ secret: 'correct horse' }),
      finding({ title: 'has correct horse in it' }),
    );

    expect(quoting).toMatchObject({ title: 'has ••• in it' });
  });

  it('are left out but for titles where no rules are at hand', async () => {
    const [bare] = await settled(new TextMasks(undefined), finding({ description: 'd', snippet: 's', path: './a.py', line: 1 }));

    expect(bare).toEqual(finding({ path: 'a.py', line: 1 }));
  });
});

describe('input that holds the report twice', () => {
  it('gives each opening its own copy, wherever the pieces end', async () => {
    async function* input(): AsyncIterable<Uint8Array> {
      for (const piece of ['ab', 'cde', 'abc', 'de']) yield Buffer.from(piece);
    }
    const open = repeated(input(), 5);
    const read = async (): Promise<string> => {
      let text = '';
      for await (const part of open()) text += Buffer.from(part).toString();
      return text;
    };

    expect([await read(), await read()]).toEqual(['abcde', 'abcde']);
  });
});
