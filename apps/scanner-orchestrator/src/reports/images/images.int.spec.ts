import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Blobs } from '@throughline/blobs';
import type { Report, ReportAccepted, SbomReceived } from '@throughline/contracts';
import { runService, streamedType, type RunningService } from '@throughline/service';
import { Broker, eventually, infra, RegistryServer, SignedCaller, tar, type Infra, type Platform } from '@throughline/testing';
import { testTools } from '../../fixtures/test-tools.ts';
import definition from '../../service.ts';

let held: Infra;
let platform: Platform;
let service: RunningService;
let door: SignedCaller;
let broker: Broker;
let blobs: Blobs;
let registry: RegistryServer;

beforeAll(async () => {
  held = await infra();
  registry = await RegistryServer.open();
  platform = await held.fresh(['scanner-orchestrator', 'ledger', 'policy-engine', 'gateway'], {
    topics: ['change', 'evidence', 'finding', 'policy'],
  });
  const own = platform.environment('scanner-orchestrator');
  const accounts = join(own['BLOBS_DIR']!, 'accounts.json');
  await writeFile(accounts, JSON.stringify({ auths: { [registry.host]: { auth: Buffer.from('you:secret').toString('base64') } } }));
  service = await runService(definition, {
    ...own,
    ...{ TOOLS_DIR: await testTools(), MAX_IMAGE_MIB: '1', REGISTRY_AUTH_FILE: accounts },
    OUTBOUND_ALLOW: `http://${registry.host}`,
  });
  blobs = new Blobs(own['BLOBS_DIR']!);
  door = new SignedCaller(service, platform);
  broker = new Broker(held);
}, 300_000);

afterAll(async () => {
  await service?.close();
  await platform?.remove();
  await registry?.close();
});

afterEach(() => {
  registry.intercept = undefined;
});

jest.setTimeout(120_000);

const base = gzipSync(
  tar([
    ['etc/os-release', 'ID=debian\nVERSION_ID="12"\n'],
    ['var/lib/dpkg/status', 'Package: libssl3\nStatus: install ok installed\nSource: openssl\nArchitecture: amd64\nVersion: 3.0.1\n'],
  ]),
);
const app = (version: string): Buffer =>
  zstdCompressSync(tar([['app/node_modules/lodash/package.json', `{"name":"lodash","version":"${version}"}`]]));

type Refused = ReportAccepted & { readonly detail: string };

/** As the gateway passes a request on that has no body. */
const read = (image: string, more = '') =>
  door.call<Refused>('POST', `/api/v1/sboms?image=${encodeURIComponent(image)}${more}`, { headers: { 'content-type': streamedType } });

async function done(id: string): Promise<Report> {
  return eventually(async () => {
    const { body } = await door.call<Report>('GET', `/api/v1/reports/${id}`);
    expect(['done', 'failed']).toContain(body.status);
    return body;
  }, 60_000);
}

async function told(digest: string): Promise<SbomReceived[]> {
  const records = await broker.records(`${platform.prefix}throughline.evidence.v1`);
  const all = records
    .filter(({ headers }) => headers['ce_type']?.includes('sbom.received'))
    .map(({ value }) => JSON.parse(value) as SbomReceived);
  return all.filter(({ subject }) => subject.digest === digest);
}

describe('an image whose SBOM nobody sends', () => {
  it('is pulled and read, with its system and what lies in it', async () => {
    const { digest } = registry.image([base, app('4.17.20')], '1');

    const { status, body } = await read(`${registry.host}/shop/api:1`);

    expect({ status, body }).toMatchObject({ status: 202, body: { status: 'queued', location: `/api/v1/reports/${body.id}` } });
    expect(await done(body.id)).toMatchObject({ status: 'done', format: 'sbom-image-1', accepted: 2 });
    const [fact] = await eventually(async () => {
      const found = await told(digest);
      expect(found).toHaveLength(1);
      return found;
    });
    expect(fact).toMatchObject({
      subject: { digest, image: 'shop/api', tag: '1' },
      ...{ assurance: 'own', complete: true },
      sbom: {
        format: 'CycloneDX',
        image: 'shop/api',
        components: 2,
        ecosystems: ['Debian:12', 'npm'],
        generatedBy: expect.stringMatching(/throughline/),
      },
    });
    const document = (await blobs.read(fact!.sbom.document, 1_000_000)).toString();
    expect(document).toContain('pkg:deb/debian/libssl3@3.0.1?arch=amd64&distro=debian-12&upstream=openssl');
  });

  it('is read once: the second time what was read is told again', async () => {
    const { digest } = registry.image([base, app('4.17.21')], '2');
    const first = await read(`${registry.host}/shop/api:2`);
    await done(first.body.id);
    const pulls = registry.seen.filter(({ path }) => path.includes('/blobs/')).length;

    const second = await read(`${registry.host}/shop/api:2`);

    expect(second.body).toMatchObject({ status: 'done', sameAs: first.body.id });
    expect(registry.seen.filter(({ path }) => path.includes('/blobs/'))).toHaveLength(pulls);
    const reports = await eventually(async () => {
      const found = await told(digest);
      expect(found).toHaveLength(2);
      return new Set(found.map(({ report }) => report));
    });
    expect(reports.size).toBe(1);
  });

  it('may be one for which the registry wants the account of the operator', async () => {
    registry.image([base], 'private');
    registry.intercept = ({ headers }, response) =>
      headers.authorization === undefined && Boolean(response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end());

    const { body } = await read(`${registry.host}/shop/api:private`);

    expect(await done(body.id)).toMatchObject({ status: 'done', accepted: 1 });
    expect(JSON.stringify(await done(body.id))).not.toContain('secret');
  });

  it('is refused at once where it cannot be had, with the reason', async () => {
    registry.image([Buffer.alloc(2 * 1024 * 1024)], 'large');
    const at = registry.host;

    const answers = [];
    for (const image of [`${at}/shop/api:none`, `${at}/shop/api:large`, 'no.such.host.invalid/a:1', '127.0.0.1:1/a:1', 'Not An Image'])
      answers.push(await read(image));

    expect(answers.map(({ status, body }) => [status, body.detail])).toEqual([
      [404, expect.stringMatching(/has no 127.0.0.1:\d+\/shop\/api:none/)],
      [413, expect.stringMatching(/2 MiB, more than 1 \(MAX_IMAGE_MIB\)/)],
      [expect.any(Number), expect.stringMatching(/no\.such\.host\.invalid/)],
      [422, expect.stringMatching(/OUTBOUND_ALLOW/)],
      [400, expect.stringMatching(/names no image/)],
    ]);
  });

  it('says so when the registry refuses it', async () => {
    registry.intercept = (_, response) => Boolean(response.writeHead(403).end());

    const { status, body } = await read(`${registry.host}/shop/api:1`);

    expect([status, body.detail]).toEqual([422, expect.stringMatching(/does not let .* be read \(403\)/)]);
  });

  it('fails when a layer is something else than its digest says, or no layer', async () => {
    registry.image([gzipSync(Buffer.alloc(4096, 'x'))], 'odd');
    const odd = await read(`${registry.host}/shop/api:odd`);
    expect(await done(odd.body.id)).toMatchObject({ status: 'failed', failure: expect.stringMatching(/cannot be read: .*layer/) });

    registry.image([app('1.0.0')], 'other');
    registry.intercept = ({ path }, response) => path.includes('/blobs/') && Boolean(response.writeHead(200).end('other bytes'));
    const other = await read(`${registry.host}/shop/api:other`);
    expect(await done(other.body.id)).toMatchObject({ status: 'failed', failure: expect.stringMatching(/digest mismatch/) });
  });

  it('stands alone: it is no SBOM of a commit', async () => {
    const { status, body } = await read(`${registry.host}/shop/api:1`, '&repository=git.example%2Fa%2Fb');

    expect([status, body.detail]).toEqual([400, expect.stringMatching(/stands alone/)]);
  });
});
