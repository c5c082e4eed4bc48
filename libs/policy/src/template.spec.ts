import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileTemplate, plainText } from './template.ts';

const names = ['package', 'fixedIn', 'cve', 'advisory', 'more', 'place'];

function render(source: string, values: Record<string, string>): string {
  return compileTemplate(source, names).render(values);
}

describe('a template', () => {
  it('fills its places and takes the first that is not empty', () => {
    expect(render('{package} ({cve|advisory|"no id"})', { package: 'left', advisory: 'GHSA-1' })).toBe('left (GHSA-1)');
    expect(render('{package} ({cve|advisory|"no id"})', { package: 'left' })).toBe('left (no id)');
  });

  it('closes the gap that an empty place leaves, and leaves a path that begins with a dot alone', () => {
    expect(render('{package} {more}, in {place} {more}.', { package: 'left', place: '.github/x.yml' })).toBe('left, in .github/x.yml.');
  });

  it('never lets a foreign value become more than plain text of one line', () => {
    const hostile = 'a\u0000b\nc\u202e\u200b\u2028d\u0007';

    expect(render('{package}', { package: hostile })).toBe('a b c d');
    expect(render('{package}', { package: '{cve}', cve: 'x' })).toBe('{cve}');
  });

  it('keeps every text short and well-formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (value) => {
        const text = render(`${'{package} '.repeat(5)}`, { package: value });
        expect(text.length).toBeLessThanOrEqual(500);
        expect(/\p{Cs}/u.test(text)).toBe(false);
        expect(/[\p{Cc}\n]/u.test(text)).toBe(false);
      }),
    );
    expect(plainText('x'.repeat(300), 200)).toHaveLength(200);
  });
});
