import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FindingAnswer, Page, SigningKey, VexAuthor, VexImportAnswer } from '@throughline/contracts';
import { vexFormats } from '@throughline/findings';
import { EnvelopeRefused, openEnvelope, type Envelope } from '@throughline/policy';
import type { Identity } from '@throughline/service';
import { component, LedgerInTest, osvRecord } from '@throughline/testing';
import definition from '../service.ts';

const vexMediaType = vexFormats.vex.mediaType;

interface Statement {
  readonly vulnerability: { readonly name: string };
  readonly products: readonly object[];
  readonly status: string;
}

interface Document {
  readonly '@id': string;
  readonly statements: readonly Statement[];
}

const repository = 'git.example/acme/spoken';
const packages = ['left', 'right', 'gone', 'other'];
const idOf = (name: string): string => `GHSA-said-0000-${name.padEnd(4, 'x').slice(0, 4)}`;

let here: LedgerInTest;

/** A ledger that knows the four packages and has scanned them, twice. */
async function scanned(): Promise<LedgerInTest> {
  const ledger = await LedgerInTest.start(definition);
  await ledger.importAdvisories(packages.map((name) => osvRecord(idOf(name), name, [{ introduced: '0' }])));
  const components = packages.map((name) => component(name, '1.0.0'));
  await ledger.scan({ repository, commit: 'a1', position: 1, components });
  await ledger.scan({ repository, commit: 'a2', position: 2, components: components.filter(({ name }) => name !== 'gone') });
  await ledger.idle();
  return ledger;
}

async function findingOf(ledger: LedgerInTest, name: string): Promise<FindingAnswer> {
  const [finding] = await ledger.findings(`repository=${repository}&advisory=${idOf(name)}`);
  return finding!;
}

async function triage(name: string, body: object): Promise<void> {
  const { id } = await findingOf(here, name);
  const answer = await here.call('PATCH', `/api/v1/findings/${id}`, { body, headers: { 'if-match': '*' } });
  expect(answer.status).toBe(200);
}

const exported = async <T>(query: string, user: Partial<Identity> = {}): Promise<T> =>
  (await here.call<T>('GET', `/api/v1/exports/findings?${query}`, { user })).body;
const keys = async (): Promise<readonly SigningKey[]> => (await here.call<Page<SigningKey>>('GET', '/api/v1/vex/keys')).body.items;

beforeAll(async () => {
  here = await scanned();
  await triage('left', { triage: 'not_affected', reason: 'the parser is never given input of others' });
  await triage('right', { triage: 'exploitable', reason: 'I tried it' });
}, 300_000);

afterAll(async () => {
  await here?.stop();
});

describe('what is exported as VEX', () => {
  it('says of each vulnerability what was said of it, with what OpenVEX asks for beside', async () => {
    const { statements, ...head } = await exported<Document>(`format=vex&repository=${repository}`);

    expect(head).toMatchObject({ '@context': 'https://openvex.dev/ns/v0.2.0', version: expect.any(Number) });
    const product = (purl: string): object => ({ '@id': `https://${repository}`, subcomponents: [{ '@id': purl, identifiers: { purl } }] });
    const of = (name: string): Statement | undefined => statements.find(({ vulnerability }) => vulnerability.name === idOf(name));
    expect(statements).toHaveLength(4);
    expect(of('left')).toMatchObject({
      status: 'not_affected',
      impact_statement: 'the parser is never given input of others',
      products: [product('pkg:npm/left@1.0.0')],
    });
    expect(of('right')).toMatchObject({ status: 'affected', action_statement: expect.any(String), status_notes: 'I tried it' });
    expect(of('gone')).toMatchObject({ status: 'fixed', products: [product('pkg:npm/gone')] });
    expect(of('other')).toMatchObject({ status: 'under_investigation' });
  });

  it('is signed, so that nothing of it can be changed', async () => {
    const plain = await exported<Document>(`format=vex&repository=${repository}`);
    const envelope = await exported<Envelope>(`format=vex&signed=true&repository=${repository}`);
    const [key] = (await keys()).map(({ publicKey }) => createPublicKey(publicKey));

    const { payload } = openEnvelope(envelope, [vexMediaType], [key!]);

    const signed = JSON.parse(payload.toString('utf8')) as Document;
    expect([signed['@id'], signed.statements]).toEqual([plain['@id'], plain.statements]);
    const changed = Buffer.from(payload.toString('utf8').replaceAll('under_investigation', 'not_affected')).toString('base64');
    expect(() => openEnvelope({ ...envelope, payload: changed }, [vexMediaType], [key!])).toThrow(EnvelopeRefused);
  });

  it('is signed by a new key after it was changed, and what the former one signed stays good', async () => {
    const before = await exported<Envelope>('format=vex&signed=true');
    const former = await keys();

    const limited = await here.call('POST', '/api/v1/vex/keys', { user: { applications: ['shop'] } });
    expect(limited).toMatchObject({ status: 403, body: { code: 'out_of_scope' } });
    expect((await here.call('POST', '/api/v1/vex/keys')).status).toBe(201);

    const after = await exported<Envelope>('format=vex&signed=true');
    const now = await keys();
    expect(now.map(({ id }) => id)).toEqual([after.signatures[0]!.keyid, ...former.map(({ id }) => id)]);
    for (const envelope of [before, after])
      expect(
        openEnvelope(
          envelope,
          [vexMediaType],
          now.map(({ publicKey }) => createPublicKey(publicKey)),
        ).keyId,
      ).toBe(envelope.signatures[0]!.keyid);
    expect(JSON.stringify(await here.rows('select * from vex_key'))).not.toContain('PRIVATE');
  });

  it('is of what its reader may see, and takes the place of what the same reader exported before', async () => {
    const [all, again] = [await exported<Document>('format=vex'), await exported<Document>('format=vex')];
    const none = await exported<Document>('format=vex', { applications: ['elsewhere'] });

    expect(again['@id']).toBe(all['@id']);
    expect(none).toMatchObject({ statements: [] });
    expect(none['@id']).not.toBe(all['@id']);
    for (const query of ['format=vex&limit=5', 'format=csv&signed=true'])
      expect(await here.call('GET', `/api/v1/exports/findings?${query}`)).toMatchObject({ status: 400 });
    expect(await here.call('GET', '/api/v1/exports/findings?format=vex-csaf&repository=git.example/acme/none')).toMatchObject({
      status: 422,
    });
  });

  it.each(['vex', 'vex-cyclonedx', 'vex-csaf'])('acquits on another platform exactly what it says is not affected: %s', async (format) => {
    const envelope = Buffer.from(JSON.stringify(await exported(`format=${format}&signed=true`)));
    await here.stop();
    here = await scanned();
    expect(await here.findings('triage=!new')).toEqual([]);
    const person = (id: string): Partial<Identity> => ({ id, name: id, person: { id, name: id, email: `${id}@acme.example` } });
    const path = '/api/v1/vex/authors/upstream';
    const trust = { identity: 'upstream', products: [repository] };
    const { body: asked } = await here.call<VexAuthor>('PUT', path, { body: trust, user: person('dana') });
    await here.call('POST', `${path}/approve`, { body: { digest: asked.digest }, user: person('sam') });

    const { status, body } = await here.send('/api/v1/vex', envelope, { id: 'upstream', name: 'upstream' });
    await here.idle();

    expect([status, (body as VexImportAnswer).trusted]).toEqual([202, 4]);
    const triages = await Promise.all(packages.map(async (name) => [name, (await findingOf(here, name)).triage]));
    expect(Object.fromEntries(triages)).toEqual({ left: 'not_affected', right: 'new', gone: 'new', other: 'new' });
  });
});
