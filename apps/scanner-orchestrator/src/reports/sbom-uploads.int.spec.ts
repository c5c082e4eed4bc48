import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { Blobs } from '@throughline/blobs';
import type { EvidencePlanned, EvidenceReceived, Report, ReportAccepted, SbomReceived } from '@throughline/contracts';
import { Broker, eventually, SignedCaller, type Platform, type SignedCall } from '@throughline/testing';
import { commit, newRepository, ReportDoor } from '../fixtures/report-door.ts';
import { ReportsUnderTest } from '../fixtures/reports-under-test.ts';

type Accepted = ReportAccepted & {
  readonly detail: string;
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
};

let under: ReportsUnderTest;
let platform: Platform;
let door: SignedCaller;
let broker: Broker;
let reports: ReportDoor;
let blobs: Blobs;

beforeAll(async () => {
  under = await ReportsUnderTest.start();
  ({ platform, door, broker, reports, blobs } = under);
}, 300_000);

afterAll(async () => {
  await under?.stop();
});

jest.setTimeout(120_000);

const bomOf = (names: readonly string[], more: object = {}): object => ({
  ...{ bomFormat: 'CycloneDX', specVersion: '1.5', ...more },
  metadata: { component: { type: 'application', 'bom-ref': 'root', name: 'shop' } },
  components: names.map((name) => ({ type: 'library', 'bom-ref': name, name, version: '1.0.0', purl: `pkg:npm/${name}@1.0.0` })),
  dependencies: [{ ref: 'root', dependsOn: names }],
});
const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `package-${String(index).padStart(6, '0')}`);
const upload = (query: string, body: Buffer | object, sent: SignedCall = {}) =>
  door.call<Accepted>('POST', `/api/v1/sboms?${query}`, { body, ...sent });
const ofCommit = (repository: string): string => `repository=${encodeURIComponent(repository)}&commit=${commit}`;

async function lines(digest: string): Promise<Record<string, Record<string, unknown>>[]> {
  const all = [];
  for await (const line of blobs.lines(digest, { maxLineBytes: 100_000, maxLines: 100_000 })) all.push(JSON.parse(line));
  return all as Record<string, Record<string, unknown>>[];
}

async function ofImage(digest: string): Promise<SbomReceived[]> {
  const records = await broker.records(`${platform.prefix}throughline.evidence.v1`);
  const told = records
    .filter(({ headers }) => headers['ce_type']?.includes('sbom.received'))
    .map(({ value }) => JSON.parse(value) as SbomReceived);
  return told.filter(({ subject }) => subject.digest === digest);
}

describe('an SBOM of a commit', () => {
  it('is an item of the evidence of its commit, with the document kept', async () => {
    const repository = newRepository();
    const document = bomOf(['b', 'a']);

    const { status, body } = await upload(ofCommit(repository), document);

    expect({ status, body }).toMatchObject({ status: 202, body: { status: 'running', location: `/api/v1/reports/${body.id}` } });
    const fact = await eventually(async () => {
      const [received] = await reports.facts<EvidenceReceived>('evidence.received', repository);
      expect(received).toMatchObject({
        run: body.id,
        findings: 0,
        coverage: { complete: true },
        lineage: { ruleset: 'upload-sbom', tool: 'sbom' },
      });
      return received!;
    });
    expect(fact.sbom).toMatchObject({ format: 'CycloneDX', specVersion: '1.5', name: 'shop', components: 2, ecosystems: ['npm'] });
    expect(JSON.parse((await blobs.read(fact.sbom!.document, 100_000)).toString())).toEqual(document);
    expect((await lines(fact.report)).map((line) => line['component']?.['purl'] ?? line['dependency'])).toEqual([
      'pkg:npm/a@1.0.0',
      'pkg:npm/b@1.0.0',
      { to: [0, 1] },
    ]);
    const [planned] = await reports.facts<EvidencePlanned>('evidence.planned', repository);
    expect(planned!.items).toEqual([expect.objectContaining({ tool: 'sbom', finds: ['vulnerability'], assurance: 'claimed' })]);
    expect((await reports.report(body.id)) satisfies Report).toMatchObject({ format: 'sbom-cyclonedx', accepted: 2, reported: 2 });
  });

  it('has the same content whatever serial number and order it comes with', async () => {
    const [one, other] = [newRepository(), newRepository()];
    const serialNumber = 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79';

    await upload(ofCommit(one), bomOf(['a', 'b']));
    await upload(ofCommit(other), bomOf(['b', 'a'], { serialNumber, version: 7 }));

    const reportOf = async (repository: string): Promise<string> =>
      (await reports.facts<EvidenceReceived>('evidence.received', repository))[0]!.report;
    await eventually(async () => expect(await reportOf(one)).toBe(await reportOf(other)));
  });

  it('may be large and packed: it is read after the answer', async () => {
    const repository = newRepository();
    const names = numbered(20_000);

    const { status, body } = await upload(ofCommit(repository), gzipSync(JSON.stringify(bomOf(names))));

    expect({ status, body }).toMatchObject({ status: 202, body: { status: 'queued' } });
    await eventually(async () => expect(await reports.report(body.id)).toMatchObject({ status: 'running', accepted: 20_000 }), 60_000);
  });

  it.each([
    ['a report that is no SBOM', { version: '2.1.0', runs: [] }, ''],
    ['a component without a name', { bomFormat: 'CycloneDX', specVersion: '1.5', components: [{ type: 'library' }] }, '/components/0'],
    ['what breaks off', Buffer.from('{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"lib'), '/components/0'],
  ])('is refused with the place: %s', async (_what, document, pointer) => {
    const { status, body } = await upload(ofCommit(newRepository()), document);

    expect(status).toBe(422);
    expect(body.errors[0]!.pointer).toBe(pointer);
  });
});

describe('an SBOM of an image alone', () => {
  it('belongs to the name of the image without host and tag, and to no commit', async () => {
    const digest = `sha256:${'5'.repeat(64)}`;

    const { status, body } = await upload(`artifact=${encodeURIComponent(`registry.example:5000/acme/shop:1.2@${digest}`)}`, bomOf(['a']));

    expect({ status, body }).toMatchObject({ status: 202, body: { status: 'done' } });
    await eventually(async () =>
      expect(await ofImage(digest)).toEqual([
        expect.objectContaining({ run: body.id, seq: 1, complete: true, subject: { digest, image: 'acme/shop', tag: '1.2' } }),
      ]),
    );
    const planned = await broker.records(`${platform.prefix}throughline.evidence.v1`);
    expect(planned.filter(({ value }) => value.includes('"image:acme/shop"'))).toEqual([]);
  });

  it('is refused to who sees none but their own application, and without any subject', async () => {
    const user = { applications: ['shop'] };

    expect((await upload(`artifact=sha256:${'6'.repeat(64)}`, bomOf(['a']), { user })).status).toBe(404);
    expect((await upload('tool=cdxgen', bomOf(['a']))).body.errors[0]!.pointer).toBe('/repository');
    expect((await upload('artifact=latest', bomOf(['a']))).body.errors[0]!.pointer).toBe('/artifact');
  });
});
