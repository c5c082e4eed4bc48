import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ArtifactSubject, make, ReceivedSbom, SbomReceived, type BlastRadiusAnswer } from '@throughline/contracts';
import type { ReportLine } from '@throughline/findings';
import { component, eventually, LedgerInTest, osvRecord } from '@throughline/testing';
import definition from '../service.ts';

interface Place {
  readonly image: boolean;
  /** Which repository or image it is, and which digest of that. */
  readonly at: number;
  readonly digest: number;
  readonly locked: readonly { readonly name: number; readonly version: number }[];
}

interface World {
  readonly places: readonly Place[];
  /** The first version that is fixed. */
  readonly fixed: number;
  readonly limit: number;
}

const world: fc.Arbitrary<World> = fc.record({
  places: fc.array(
    fc.record({
      ...{ image: fc.boolean(), at: fc.nat(2), digest: fc.nat(2) },
      locked: fc.array(fc.record({ name: fc.nat(1), version: fc.nat(4) }), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  ...{ fixed: fc.integer({ min: 1, max: 4 }), limit: fc.integer({ min: 1, max: 3 }) },
});

/** Two digests of one tag with the same content share a report: the former is not there any more. */
const retagged: World = {
  places: [0, 1].map((digest) => ({ image: true, at: 0, digest, locked: [{ name: 0, version: 0 }] })),
  ...{ fixed: 1, limit: 1 },
};

let ledger: LedgerInTest;
let number = 0;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

const hex = (run: number, digest: number): string => `${run}`.padStart(62, '0') + `a${digest}`;
const componentsOf = (run: number, { locked }: Place) =>
  [...new Set(locked.map(({ name, version }) => `${name} ${version}`))].map((text) => {
    const [name, version] = text.split(' ');
    return component(`blast-${run}-${name}`, `${version}.0.0`, { manifest: `${text}.json` });
  });

async function sent(run: number, place: Place, position: number): Promise<void> {
  const components = componentsOf(run, place);
  const [repository, image] = [`git.example/blast/${run}-${place.at}`, `blast/${run}-${place.at}`];
  if (!place.image) {
    await ledger.scan({ repository, tool: 'dependencies', commit: `${position}`, position, components });
    return;
  }
  const id = randomUUID();
  const report = await ledger.store(components.map((one): ReportLine => ({ kind: 'component', component: one })));
  const fact = make(SbomReceived, {
    subject: make(ArtifactSubject, { image, tag: 'latest', digest: `sha256:${hex(run, place.digest)}` }),
    ...{ seq: position, run: id, tool: 'sbom', position, complete: true, assurance: 'claimed' as const, report },
    sbom: make(ReceivedSbom, {
      ...{
        format: 'CycloneDX',
        specVersion: '1.5',
        document: `sha256:${'d'.repeat(64)}`,
        components: components.length,
        ecosystems: ['npm'],
      },
      ...{ artifact: `sha256:${hex(run, place.digest)}`, image },
    }),
    finishedAt: new Date().toISOString(),
  });
  await ledger.publish({ fact, deliveryKey: id });
  await eventually(async () => expect((await ledger.call('GET', `/api/v1/sboms/${id}`)).status).toBe(200), 30_000);
}

/** What the last word about each place says, looked at one by one. */
function expected(run: number, { places, fixed }: World): { readonly repositories: string[]; readonly artifacts: string[] } {
  const last = new Map(places.map((place) => [`${place.image} ${place.at}`, place]));
  const touched = [...last.values()].filter(({ locked }) => locked.some(({ name, version }) => name === 0 && version < fixed));
  return {
    repositories: touched.flatMap(({ image, at }) => (image ? [] : [`git.example/blast/${run}-${at}`])).sort(),
    artifacts: touched.flatMap(({ image, at, digest }) => (image ? [`image:blast/${run}-${at} sha256:${hex(run, digest)}`] : [])).sort(),
  };
}

it('is what a look at every place finds, whatever the size of a page', async () => {
  const property = fc.asyncProperty(world, async (made) => {
    number += 1;
    const run = number;
    for (const [index, place] of made.places.entries()) await sent(run, place, index + 1);
    await ledger.idle();
    const id = `GHSA-blast-radius-${run}`;
    const body = osvRecord(id, `blast-${run}-0`, [{ introduced: '0' }, { fixed: `${made.fixed}.0.0` }]);
    await ledger.call('POST', '/api/v1/advisories', { body });
    await ledger.idle();

    const found = { repositories: [] as string[], artifacts: [] as string[] };
    for (let cursor: string | null | undefined = ''; typeof cursor === 'string';) {
      const from: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body: page } = await ledger.call<BlastRadiusAnswer>(
        'GET',
        `/api/v1/advisories/${id}/blast-radius?limit=${made.limit}${from}`,
      );
      expect(Math.max(page.repositories.length, page.artifacts.length)).toBeLessThanOrEqual(made.limit);
      const { repositories, artifacts } = expected(run, made);
      expect([page.repositoriesTotal, page.artifactsTotal]).toEqual([repositories.length, artifacts.length]);
      found.repositories.push(...page.repositories.map(({ repository }) => repository));
      found.artifacts.push(...page.artifacts.map(({ repository, digest }) => `${repository} ${digest}`));
      cursor = page.next;
    }

    expect({ repositories: found.repositories.sort(), artifacts: found.artifacts.sort() }).toEqual(expected(run, made));
  });

  await fc.assert(property, { numRuns: 25, endOnFailure: true, examples: [[retagged]] });
}, 300_000);
