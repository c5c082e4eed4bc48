import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { fixture, readReport } from '../../fixtures/reading.ts';
import { detectSecrets } from './detect-secrets.ts';

const source = 'aws = "x"\npassword = "s3cr3t-hunter2-PLANTED"\n';

function report(line: string, secret: string): string {
  const hashed = createHash('sha1').update(secret).digest('hex');
  const result = { type: 'Secret Keyword', filename: '/tree/a.conf', hashed_secret: hashed, line_number: 1 };
  return JSON.stringify({ plugins_used: [], results: { '/tree/a.conf': [result] } });
}

describe('detect-secrets', () => {
  it('finds the value again by its digest, so that the same secret is known everywhere', async () => {
    const findings = await readReport(detectSecrets, fixture('detect-secrets', 'findings.json'), { 's.py': source });

    expect(findings).toContainEqual(
      expect.objectContaining({ class: 'secret', rule: 'Secret Keyword', path: '/tree/s.py', line: 2, secret: 's3cr3t-hunter2-PLANTED' }),
    );
  });

  it.each([
    ['KEY=abc123-secret-value', 'abc123-secret-value'],
    ['url: postgres://user:p4ssw0rd!@db/x', 'p4ssw0rd!'],
    [`{"token": 'abcDEF0123456789'};`, 'abcDEF0123456789'],
    ['auth(abcDEF0123456789+/=);', 'abcDEF0123456789+/='],
  ])('finds it in %s', async (line, secret) => {
    const [finding] = await readReport(detectSecrets, report(line, secret), { 'a.conf': line });

    expect(finding).toMatchObject({ secret });
  });

  it('reports a value that is not in the line without it', async () => {
    const [finding] = await readReport(detectSecrets, report('nothing here', 'gone'), { 'a.conf': 'nothing here' });

    expect(finding).not.toHaveProperty('secret');
  });
});
