import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Blobs } from '@throughline/blobs';
import type { EvidenceReceived, MappingPreview, Page, ReportMapping, ReportMappingDetail } from '@throughline/contracts';
import { eventually, SignedCaller, type SignedCall } from '@throughline/testing';
import { newRepository, ReportDoor } from '../../fixtures/report-door.ts';
import { ReportsUnderTest } from '../../fixtures/reports-under-test.ts';

let under: ReportsUnderTest;
let door: SignedCaller;
let reports: ReportDoor;
let blobs: Blobs;

beforeAll(async () => {
  under = await ReportsUnderTest.start();
  ({ door, reports, blobs } = under);
}, 300_000);

afterAll(async () => {
  await under?.stop();
});

jest.setTimeout(120_000);

type Answer = ReportMappingDetail & { detail: string; errors: { pointer: string; detail: string }[] };

const mappingOf = (name: string, mark: string, rule = '@.check'): string => `name: ${name}
title: Checks of ${name}
finds: [code]
recognise: [$.${mark}]
results: $.${mark}.*
needs: [rule, path]
finding:
  class: code
  rule: '${rule}'
  title: '@.text'
  severity: { from: '@.level', words: { bad: high }, else: low }
  path: '@.file'
  line: '@.at'
`;

const reportOf = (mark: string): Buffer =>
  Buffer.from(JSON.stringify({ [mark]: [{ check: 'C1', text: 'Bad', level: 'bad', file: 'src/a.ts', at: 3, code: 'OLD-1' }] }));

function put(name: string, source: string, headers: Record<string, string> = {}, sent: SignedCall = {}) {
  return door.call<Answer>('PUT', `/api/v1/report-mappings/${name}`, {
    ...{ body: Buffer.from(source), headers: { 'content-type': 'application/yaml', ...headers } },
    ...sent,
  });
}

async function rulesOf(repository: string): Promise<readonly unknown[]> {
  const fact = await eventually(async () => {
    const facts = await reports.facts<EvidenceReceived>('evidence.received', repository);
    expect(facts).not.toEqual([]);
    return facts.at(-1)!;
  });
  const rules: unknown[] = [];
  for await (const line of blobs.lines(fact.report, { maxLineBytes: 100_000, maxLines: 10_000 }))
    rules.push((JSON.parse(line) as { finding: { rule: string } }).finding.rule);
  return rules;
}

describe('a mapping that is saved', () => {
  it('reads the next upload by its name and by its content, and is shown', async () => {
    const saved = await put('own-lint', mappingOf('own-lint', 'ownResults'));
    const [named, recognised] = [newRepository(), newRepository()];
    const first = await reports.upload(named, reportOf('ownResults'), '&format=own-lint');
    const second = await reports.upload(recognised, reportOf('ownResults'));

    expect(saved).toMatchObject({ status: 200, body: { name: 'own-lint', version: 1, finds: ['code'], usable: true } });
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(await rulesOf(named)).toEqual(['C1']);
    expect(await rulesOf(recognised)).toEqual(['C1']);
    const [fact] = await reports.facts<EvidenceReceived>('evidence.received', recognised);
    expect(fact).toMatchObject({ tool: 'own-lint', format: 'own-lint', finds: ['code'] });
    const list = await door.call<Page<ReportMapping>>('GET', '/api/v1/report-mappings');
    expect(list.body.items.map(({ name }) => name)).toContain('own-lint');
    const read = await door.call<Answer>('GET', '/api/v1/report-mappings/own-lint');
    expect(read.body.source).toBe(mappingOf('own-lint', 'ownResults'));
  });

  it('reads anew in another version what it read before', async () => {
    const repository = newRepository();
    await put('own-versions', mappingOf('own-versions', 'versions'));
    const first = await reports.upload(repository, reportOf('versions'));
    const stale = await put('own-versions', mappingOf('own-versions', 'versions', '@.code'));
    const other = await put('own-versions', mappingOf('own-versions', 'versions', '@.code'), { 'if-match': '"7"' });
    const changed = await put('own-versions', mappingOf('own-versions', 'versions', '@.code'), { 'if-match': '"1"' });
    const second = await reports.upload(repository, reportOf('versions'));

    expect([stale.status, other.status, changed.status, changed.body.version]).toEqual([428, 412, 200, 2]);
    expect(first.body.sameAs ?? second.body.sameAs).toBeUndefined();
    await eventually(async () => expect(await rulesOf(repository)).toEqual(['OLD-1']));
  });

  it('never takes a report from a format that is built in', async () => {
    await put('own-sarif', mappingOf('own-sarif', 'runs'));
    const repository = newRepository();
    const sarif = { version: '2.1.0', runs: [{ tool: { driver: { name: 'acme' } }, results: [{ ruleId: 'S1', message: { text: 'x' } }] }] };

    expect((await reports.upload(repository, Buffer.from(JSON.stringify(sarif)))).status).toBe(202);
    expect(await rulesOf(repository)).toEqual(['S1']);
  });

  it('reads a large report by the version under which it came, although it is gone by then', async () => {
    const repository = newRepository();
    await put('own-large', mappingOf('own-large', 'large'));
    const large = {
      large: Array.from({ length: 9000 }, (_, at) => ({ check: `C${at % 7}`, text: 'x'.repeat(100), file: `src/${at}.ts` })),
    };
    const { body } = await reports.upload(repository, Buffer.from(JSON.stringify(large)), '', { streamed: true });
    await door.call('DELETE', '/api/v1/report-mappings/own-large', { headers: { 'if-match': '"1"' } });

    expect(body.status).toBe('queued');
    expect(new Set(await rulesOf(repository))).toEqual(new Set(['C0', 'C1', 'C2', 'C3', 'C4', 'C5', 'C6']));
  });

  it('shows what it would read, and keeps nothing', async () => {
    await put('own-trial', mappingOf('own-trial', 'trial'));
    const report = { trial: [{ check: 'C1', text: 'Bad', level: 'bad', file: 'src/a.ts', at: 3 }, { check: 'C2' }] };
    const tried = await door.call<MappingPreview>('POST', '/api/v1/report-mappings/own-trial/try', { body: report });

    expect(tried).toMatchObject({ status: 200, body: { version: 1, reported: 2, accepted: 1 } });
    expect(tried.body.findings).toEqual([{ class: 'code', rule: 'C1', title: 'Bad', severity: 'high', path: 'src/a.ts', line: 3 }]);
    expect(tried.body.rejected).toEqual([{ pointer: '/trial/1', detail: 'a result says its path' }]);
  });

  it('reads nothing any more once it is deleted, and its number goes on', async () => {
    const repository = newRepository();
    await put('own-gone', mappingOf('own-gone', 'gone'));
    const { body } = await reports.upload(repository, reportOf('gone'));
    const gone = await door.call('DELETE', '/api/v1/report-mappings/own-gone', { headers: { 'if-match': '"1"' } });

    expect(gone.status).toBe(204);
    expect((await door.call('GET', '/api/v1/report-mappings/own-gone')).status).toBe(404);
    expect((await reports.upload(newRepository(), reportOf('gone'), '&format=own-gone')).status).toBe(422);
    expect(await rulesOf(repository)).toEqual(['C1']);
    expect(await reports.report(body.id)).toMatchObject({ format: 'own-gone', accepted: 1 });
    expect((await put('own-gone', mappingOf('own-gone', 'gone'))).body.version).toBe(3);
  });
});

describe('a mapping that is refused', () => {
  it('names the line of every flaw', async () => {
    const wrong = mappingOf('own-wrong', 'wrong').replace("'@.file'", "'@..file'").replace('class: code', 'class: code\n  colour: red');
    const { status, body } = await put('own-wrong', wrong);

    expect(status).toBe(422);
    expect(body.errors).toEqual([
      { pointer: '/finding/colour', detail: expect.stringMatching(/^line 9: /) },
      { pointer: '/finding/path', detail: expect.stringMatching(/^line 13: /) },
    ]);
  });

  it.each([
    ['is named like one that is built in', 'sarif', mappingOf('sarif', 'x'), 409],
    ['is named otherwise than its address', 'own-a', mappingOf('own-b', 'x'), 422],
    ['is nested without end', 'own-deep', '['.repeat(60_000), 422],
    ['is huge', 'own-huge', `${mappingOf('own-huge', 'x')}# ${'x'.repeat(70_000)}`, 422],
    ['uses aliases', 'own-alias', `a: &a [x]\nb: [*a, *a]\n`, 422],
  ])('because it %s', async (_, name, source, status) => {
    expect((await put(name, source)).status).toBe(status);
  });

  it('because it comes from somebody of one application', async () => {
    expect((await put('own-team', mappingOf('own-team', 'x'), {}, { user: { applications: ['shop'] } })).status).toBe(403);
  });
});
