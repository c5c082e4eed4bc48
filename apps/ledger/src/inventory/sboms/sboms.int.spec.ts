import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  ArtifactSubject,
  Coverage,
  EvidenceReceived,
  Lineage,
  make,
  ReceivedSbom,
  SbomReceived,
  SourceSubject,
  type ComponentPathsAnswer,
  type FindingAnswer,
  type Page,
  type SbomDiff,
  type SbomSummary,
} from '@throughline/contracts';
import type { Component, Dependency, ReportLine } from '@throughline/findings';
import { commitId, component, eventually, LedgerInTest, osvRecord } from '@throughline/testing';
import definition from '../../service.ts';

interface CycloneDx {
  readonly specVersion: string;
  readonly metadata: { readonly component: { readonly type: string } };
  readonly components: readonly { readonly purl: string; readonly 'bom-ref': string; readonly hashes?: readonly object[] }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const document = `sha256:${'d'.repeat(64)}`;
const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;
const listed = (name: string, version: string, over: Partial<Component> = {}): Component =>
  component(name, version, { manifest: 'SBOM', kind: 'library', ...over });

let ledger: LedgerInTest;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
  const record = osvRecord('GHSA-1', 'minimist', [{ introduced: '0' }, { fixed: '1.2.6' }]);
  await ledger.call('POST', '/api/v1/advisories', { body: record });
  await ledger.idle();
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

async function report(components: readonly Component[], dependencies: readonly Dependency[]): Promise<string> {
  const lines: ReportLine[] = components.map((one) => ({ kind: 'component', component: one }));
  return ledger.store([...lines, ...dependencies.map((dependency) => ({ kind: 'dependency' as const, dependency }))]);
}

function about(components: readonly Component[], more: Partial<ReceivedSbom> = {}): ReceivedSbom {
  const fields = { format: 'CycloneDX', specVersion: '1.5', name: 'shop', document, components: components.length, ecosystems: ['npm'] };
  return make(ReceivedSbom, { ...fields, ...more });
}

interface Sent {
  readonly repository: string;
  readonly commit?: string;
  readonly position?: number;
  readonly dependencies?: readonly Dependency[];
  readonly more?: Partial<ReceivedSbom>;
}

/** Sends the SBOM of a commit, waits until it is applied, and answers the id of its upload. */
async function sbomOf(
  components: readonly Component[],
  { repository, commit = 'a', position = 1, dependencies = [], more }: Sent,
): Promise<string> {
  const run = randomUUID();
  const fact = make(EvidenceReceived, {
    subject: make(SourceSubject, { repository, commit: commitId(commit), ref: 'refs/heads/main' }),
    ...{ seq: position, run, tool: 'sbom', format: 'sbom-cyclonedx', finds: ['vulnerability'], assurance: 'claimed' as const },
    lineage: make(Lineage, { line: 'refs/heads/main', tool: 'sbom', ruleset: 'upload-sbom', position }),
    coverage: make(Coverage, { scope: '', complete: true }),
    ...{ report: await report(components, dependencies), findings: 0, confirmed: true, sbom: about(components, more) },
    finishedAt: new Date().toISOString(),
  });
  await ledger.publish({ fact, deliveryKey: run });
  return known(run);
}

async function sbomOfImage(
  components: readonly Component[],
  subject: Omit<ArtifactSubject, never>,
  position = 1,
  more: Partial<ReceivedSbom> = {},
): Promise<string> {
  const run = randomUUID();
  const fact = make(SbomReceived, {
    subject: make(ArtifactSubject, { ...subject }),
    ...{ seq: position, run, tool: 'sbom', position, complete: true, assurance: 'claimed' as const },
    ...{ report: await report(components, []), sbom: about(components, { artifact: subject.digest, image: subject.image!, ...more }) },
    finishedAt: new Date().toISOString(),
  });
  await ledger.publish({ fact, deliveryKey: run });
  return known(run);
}

async function known(run: string): Promise<string> {
  await eventually(async () => {
    const held = await ledger.rows<{ error: string }>('select error from held_record');
    const { status } = await ledger.call('GET', `/api/v1/sboms/${run}`);
    if (status !== 200) throw new Error(`the SBOM is not there; held: ${JSON.stringify(held)}`);
  }, 30_000);
  return run;
}

const newRepository = (): string => `git.example/sboms/${randomUUID()}`;
const list = async (query: string): Promise<readonly SbomSummary[]> =>
  (await ledger.call<Page<SbomSummary>>('GET', `/api/v1/sboms?${query}`)).body.items;
const findings = async (query: string): Promise<readonly FindingAnswer[]> =>
  (await ledger.call<Page<FindingAnswer>>('GET', `/api/v1/findings?${query}`)).body.items;

describe('the SBOM of a commit', () => {
  it("opens what today's advisories say, and what later ones do", async () => {
    const repository = newRepository();

    await sbomOf([listed('minimist', '1.2.5'), listed('qs', '6.0.0')], { repository });

    const [first, ...others] = await findings(`repository=${repository}`);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ rule: 'GHSA-1', detection: 'open', claimed: true });
    await ledger.call('POST', '/api/v1/advisories', { body: osvRecord('GHSA-2', 'qs', [{ introduced: '0' }, { fixed: '6.1.0' }]) });
    await eventually(async () =>
      expect((await findings(`repository=${repository}`)).map(({ rule }) => rule).sort()).toEqual(['GHSA-1', 'GHSA-2']),
    );
  });

  it('is stored once, however often its content comes', async () => {
    const repository = newRepository();
    const first = await sbomOf([listed('left-pad', '1.0.0')], { repository });

    const again = await sbomOf([listed('left-pad', '1.0.0')], { repository, position: 2 });

    expect(await list(`repository=${repository}`)).toEqual([expect.objectContaining({ id: first, components: 1, format: 'CycloneDX' })]);
    expect((await ledger.call('GET', `/api/v1/sboms/${again}`)).status).toBe(200);
  });

  it('stands beside the former, of which the differences are told', async () => {
    const repository = newRepository();
    const from = await sbomOf([listed('minimist', '1.2.5'), listed('left-pad', '1.0.0')], { repository, commit: 'b' });
    const to = await sbomOf([listed('minimist', '1.2.6'), listed('qs', '6.11.0', { licence: 'BSD-3-Clause' })], {
      ...{ repository, commit: 'c', position: 2 },
    });

    const { body } = await ledger.call<SbomDiff>('GET', `/api/v1/sboms/diff?from=${from}&to=${commitId('c')}`);

    expect(body).toMatchObject({
      added: [{ purl: 'pkg:npm/qs@6.11.0', licence: 'BSD-3-Clause' }],
      removed: [{ purl: 'pkg:npm/left-pad@1.0.0' }],
      changed: [{ purl: 'pkg:npm/minimist', from: ['1.2.5'], to: ['1.2.6'] }],
      ...{ addedTotal: 1, removedTotal: 1, changedTotal: 1 },
    });
    expect((await list(`repository=${repository}`)).map(({ id }) => id)).toEqual([to, from]);
    expect((await findings(`repository=${repository}`)).map(({ detection }) => detection)).toEqual(['resolved']);
  });

  it('goes out as CycloneDX, with hashes and dependencies', async () => {
    const hashes = [`SHA-256:${'a'.repeat(64)}`];
    const id = await sbomOf([listed('a', '1.0.0', { direct: true, hashes }), listed('b', '2.0.0')], {
      repository: newRepository(),
      dependencies: [{ to: [0] }, { from: 0, to: [1] }],
    });

    const { body } = await ledger.call<CycloneDx>('GET', `/api/v1/sboms/${id}`);

    expect(body.specVersion).toBe('1.6');
    expect(body.components).toEqual([
      expect.objectContaining({ purl: 'pkg:npm/a@1.0.0', hashes: [{ alg: 'SHA-256', content: 'a'.repeat(64) }] }),
      expect.objectContaining({ purl: 'pkg:npm/b@2.0.0' }),
    ]);
    expect(body.dependencies).toEqual([
      { ref: 'root', dependsOn: ['pkg:npm/a@1.0.0'] },
      { ref: 'pkg:npm/a@1.0.0', dependsOn: ['pkg:npm/b@2.0.0'] },
    ]);
  });

  it('says by which ways a component comes in', async () => {
    const id = await sbomOf([listed('a', '1.0.0'), listed('b', '1.0.0'), listed('c', '1.0.0'), listed('d', '1.0.0')], {
      repository: newRepository(),
      dependencies: [{ to: [0, 1] }, { from: 0, to: [2] }, { from: 1, to: [2] }, { from: 2, to: [0, 3] }],
    });

    const { body } = await ledger.call<ComponentPathsAnswer>('GET', `/api/v1/components/paths?purl=pkg:npm/d&sbom=${id}`);

    const to = (first: string): object => ({ steps: [first, 'c', 'd'].map((name) => `pkg:npm/${name}@1.0.0`) });
    expect(body.components).toEqual([{ purl: 'pkg:npm/d@1.0.0', direct: true, more: false, paths: [to('a'), to('b')] }]);
  });

  it('leaves nothing fixed when it is deleted', async () => {
    const repository = newRepository();
    const id = await sbomOf([listed('minimist', '1.2.4')], { repository });

    const deleted = await ledger.call('DELETE', `/api/v1/sboms/${id}`);

    expect(deleted.status).toBe(204);
    expect(await list(`repository=${repository}`)).toEqual([]);
    expect(await ledger.rows('select 1 from report where repository = $1', [repository])).toEqual([]);
    expect((await findings(`repository=${repository}`)).map(({ detection }) => detection)).toEqual(['not_evaluated']);
    expect((await ledger.call('DELETE', `/api/v1/sboms/${id}`)).status).toBe(404);
  });

  it('is seen by nobody else', async () => {
    const id = await sbomOf([listed('left-pad', '1.0.0')], { repository: newRepository() });
    const user = { applications: ['other'] };

    for (const path of [`sboms/${id}`, `sboms/diff?from=${id}&to=${id}`, `components/paths?purl=pkg:npm/left-pad&sbom=${id}`])
      expect((await ledger.call('GET', `/api/v1/${path}`, { user })).status).toBe(404);
  });
});

describe('the SBOM of an image', () => {
  it('opens findings that all digests of a tag have in common, until a later one has them no more', async () => {
    const image = `acme/${randomUUID()}`;
    await sbomOfImage([listed('minimist', '1.2.5')], { digest: digestOf('1'), image, tag: '1.2' });
    expect(await findings(`artifact=${digestOf('1')}`)).toEqual([expect.objectContaining({ rule: 'GHSA-1', detection: 'open' })]);

    await sbomOfImage([listed('minimist', '1.2.6')], { digest: digestOf('2'), image, tag: '1.2' }, 2);

    expect(await findings(`artifact=${digestOf('1')}`)).toEqual([expect.objectContaining({ detection: 'resolved' })]);
    const { body } = await ledger.call<CycloneDx>('GET', `/api/v1/artifacts/${digestOf('2')}/sbom`);
    expect(body.metadata.component.type).toBe('container');
    expect(body.components.map(({ purl }) => purl)).toEqual(['pkg:npm/minimist@1.2.6']);
    expect(await list(`image=${image}`)).toHaveLength(2);
  });
});

describe('an SBOM that nobody sent', () => {
  it('is made from the lock files, and says so', async () => {
    const repository = newRepository();
    await ledger.scan({
      repository,
      commit: 'e',
      position: 1,
      components: [component('chalk', '5.0.0', { direct: false, via: ['jest'] })],
    });

    const [made] = await list(`repository=${repository}&commit=${commitId('e')}`);

    expect(made).toMatchObject({ generatedBy: 'throughline dependencies 1.0.0', components: 1, assurance: 'own' });
    const { body } = await ledger.call<CycloneDx>('GET', `/api/v1/sboms/${made!.id}`);
    expect(body.components.map(({ purl }) => purl)).toEqual(['pkg:npm/chalk@5.0.0']);
    const ways = await ledger.call<ComponentPathsAnswer>('GET', `/api/v1/components/paths?purl=pkg:npm/chalk&repository=${repository}`);
    expect(ways.body.components[0]!.paths).toEqual([{ steps: ['jest', 'pkg:npm/chalk@5.0.0'] }]);
    expect((await ledger.call('DELETE', `/api/v1/sboms/${made!.id}`)).status).toBe(409);
  });

  it('is made from the layers of an image, is one however often that is done, and says so', async () => {
    const subject = { digest: digestOf('7'), image: 'you/layers' };
    const made = { generatedBy: 'throughline image layers' };

    const first = await sbomOfImage([listed('chalk', '5.0.0')], subject, 1, made);
    await sbomOfImage([listed('chalk', '5.0.0')], subject, 2, made);

    const found = await list('image=you/layers');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ id: first, artifact: subject.digest, ...made });
    expect((await ledger.call('DELETE', `/api/v1/sboms/${first}`)).status).toBe(409);
  });
});
