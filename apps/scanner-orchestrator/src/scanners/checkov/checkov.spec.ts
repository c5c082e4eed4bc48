import { describe, expect, it } from '@jest/globals';
import { fixture, readReport } from '../../fixtures/reading.ts';
import { checkov } from './checkov.ts';

const read = (report: string) => readReport(checkov, report, {});

describe('checkov', () => {
  it('reports failed checks of every framework with resource and place', async () => {
    const findings = await read(fixture('checkov', 'findings.json'));

    expect(findings).toContainEqual(
      expect.objectContaining({ rule: 'CKV_AWS_20', resource: 'infra/aws_s3_bucket.b', path: 'infra/main.tf', line: 1, endLine: 4 }),
    );
    expect(findings).toContainEqual(expect.objectContaining({ rule: 'CKV_DOCKER_2', help: 'https://docs.example/healthcheck' }));
  });

  it('reports what a comment in the source wants to skip', async () => {
    const findings = await read(fixture('checkov', 'findings.json'));

    expect(findings).toContainEqual(expect.objectContaining({ rule: 'CKV_AWS_24', resource: 'infra/aws_security_group.s' }));
  });

  it('reports a file that it cannot parse as not checked', async () => {
    expect(await read(fixture('checkov', 'findings.json'))).toContainEqual(
      expect.objectContaining({ rule: 'file-not-read', path: 'infra/broken.tf' }),
    );
  });
});
