import { describe, expect, it } from '@jest/globals';
import { changeRequestText, type ToldFix } from './fix-text.ts';

const nine: ToldFix = {
  proposal: '0199',
  name: '@babel/traverse',
  from: '7.0.0',
  to: '7.23.2',
  closes: Array.from({ length: 9 }, (_, index) => ({
    finding: `f-${index}`,
    severity: 'high' as const,
    advisory: `CVE-2023-4513${index}`,
  })),
  files: ['package-lock.json', 'package.json'],
  moved: [],
  proven: true,
  proof: 'waiting',
  server: 'https://tl.example',
};

describe('the text of a change request', () => {
  it('lists all findings that one bump closes', () => {
    const text = changeRequestText(nine);

    expect(text).toContain('Closes 9 findings');
    expect(text.match(/\[CVE-2023-4513\d\]\(https:\/\/tl\.example\/findings\/f-\d\)/g)).toHaveLength(9);
    expect(text).toContain('Changes `package-lock.json`, `package.json` and nothing else. Checked');
  });

  it('says what the scan of the branch says', () => {
    expect(changeRequestText(nine)).toContain('not done yet');
    expect(changeRequestText({ ...nine, proof: 'verified' })).toContain('**Verified:**');
    expect(changeRequestText({ ...nine, proof: 'not_fixed', reason: '1 of 9 findings are still there' })).toMatch(/Not fixed.*`1 of 9/);
  });

  it('keeps foreign text in code spans: no mention, command, link or markup', () => {
    const hostile = '`@everyone` /merge\n[x](https://evil.example) ![](y)';
    const text = changeRequestText({ ...nine, approvedBy: hostile, files: [hostile], reason: hostile });

    const outside = text.replace(/`[^`\n]*`/g, '');
    expect(outside).not.toMatch(/everyone|evil|\/merge|!\[/);
  });
});
