import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Blobs } from '@throughline/blobs';
import type { EvidenceReceived } from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import { newRepository, ReportDoor } from '../fixtures/report-door.ts';
import { ReportsUnderTest } from '../fixtures/reports-under-test.ts';

const fixtures = new URL('../../../../libs/findings/src/readers/', import.meta.url);

let under: ReportsUnderTest;
let reports: ReportDoor;
let blobs: Blobs;

beforeAll(async () => {
  under = await ReportsUnderTest.start();
  ({ reports, blobs } = under);
}, 300_000);

afterAll(async () => {
  await under?.stop();
});

jest.setTimeout(120_000);

describe('a report that is not one JSON document', () => {
  it.each([
    ['zap', 'findings.xml', '10011'],
    ['dependency-check', 'findings.xml', 'CVE-2021-44228'],
    ['checkstyle', 'findings.xml', 'MissingJavadocMethodCheck'],
    ['govulncheck', 'findings.json', 'GO-2021-0113'],
    ['yarn-audit', 'findings.json', 'GHSA-r683-j2x4-v87g'],
    ['gitlab', 'findings.json', 'XSS_SERVLET'],
    ['nessus-csv', 'findings.csv', 'CVE-2014-3566'],
  ])('of %s is recognised and read in the process for it', async (format, file, rule) => {
    const repository = newRepository();

    const { status } = await reports.upload(repository, readFileSync(new URL(`${format}/fixtures/${file}`, fixtures)));

    expect(status).toBe(202);
    const received = await eventually(async () => {
      const [fact] = await reports.facts<EvidenceReceived>('evidence.received', repository);
      expect(fact).toMatchObject({ tool: format });
      return fact!;
    });
    const rules: unknown[] = [];
    for await (const line of blobs.lines(received.report, { maxLineBytes: 100_000, maxLines: 1000 }))
      rules.push((JSON.parse(line) as { finding: { rule: string } }).finding.rule);
    expect(rules).toContain(rule);
  });

  it.each([
    ['an entity of its own', '<!DOCTYPE OWASPZAPReport [<!ENTITY x "y">]><OWASPZAPReport/>'],
    ['an end in the middle', '<OWASPZAPReport><site name="https://shop.example">'],
  ])('is refused with its place for %s', async (_, report) => {
    const { status, body } = await reports.upload(newRepository(), Buffer.from(report));

    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain('line 1');
  });
});
