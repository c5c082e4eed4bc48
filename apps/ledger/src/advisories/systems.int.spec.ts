import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BlastRadiusAnswer, FindingDetail, Page } from '@throughline/contracts';
import { namedBy } from '@throughline/findings';
import { component, LedgerInTest } from '@throughline/testing';
import definition from '../service.ts';

let ledger: LedgerInTest;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

const record = (id: string, affected: readonly (readonly [ecosystem: string, name: string, fixed: string])[]): object => ({
  ...{ id, modified: '2026-01-01T00:00:00Z', summary: id },
  affected: affected.map(([ecosystem, name, fixed]) => ({
    package: { ecosystem, name },
    ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
  })),
});

async function importing(...records: readonly object[]): Promise<void> {
  for (const body of records) expect((await ledger.call('POST', '/api/v1/advisories', { body })).status).toBe(202);
  await ledger.idle();
}

/** Locks what a tool lists in an image, as an SBOM has it. */
async function listed(...purls: readonly string[]): Promise<string> {
  const repository = `git.example/systems/${randomUUID()}`;
  const components = purls.map((purl) => {
    const named = namedBy(purl, undefined, '', undefined);
    return component(named.name, named.version, { ...named, manifest: 'SBOM' });
  });
  await ledger.scan({ repository, commit: 'a', position: 1, components });
  await ledger.idle();
  return repository;
}

const found = async (repository: string): Promise<readonly string[]> =>
  (await ledger.call<Page<FindingDetail>>('GET', `/api/v1/findings?repository=${repository}&detection=open`)).body.items
    .map(({ rule, component: of }) => `${rule} ${of?.purl.split('?')[0] ?? ''} ${of?.fixedIn ?? ''}`.trim())
    .sort();

describe('packages of an operating system', () => {
  it('are found by the source and the release that advisories name, whichever comes first', async () => {
    const libssl = 'pkg:deb/debian/libssl3@3.0.11-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl';
    const older = libssl.replace('debian-12', 'debian-11');
    const before = await listed(libssl);
    await importing(
      record('DSA-1', [
        ['Debian:12', 'openssl', '3.0.11-1~deb12u2'],
        ['Debian:11', 'openssl', '1.1.1w-0'],
      ]),
    );

    const after = [
      await listed(libssl),
      await listed(older),
      await listed(libssl.replace('libssl3', 'libtls').replace('openssl', 'other')),
    ];

    const expected = ['DSA-1 pkg:deb/debian/libssl3@3.0.11-1~deb12u1 3.0.11-1~deb12u2'];
    expect(await found(before)).toEqual(expected);
    expect(await Promise.all(after.map(found))).toEqual([expected, [], []]);
    const { body } = await ledger.call<BlastRadiusAnswer>('GET', '/api/v1/advisories/DSA-1/blast-radius');
    expect(body.repositories.map(({ repository }) => repository).sort()).toEqual([before, after[0]].sort());
  });

  it('are compared by the version of their source where it has its own', async () => {
    await importing(record('DSA-2', [['Debian:12', 'gcc-12', '12.2.0-15']]));

    const repository = await listed('pkg:deb/debian/libgcc@1:9.0-1?distro=debian-12&upstream=gcc-12%4012.2.0-14');

    expect(await found(repository)).toEqual(['DSA-2 pkg:deb/debian/libgcc@1:9.0-1 12.2.0-15']);
  });

  it.each([
    ['Ubuntu:22.04:LTS', 'curl', '7.81.0-1ubuntu1.15', 'pkg:deb/ubuntu/curl@7.81.0-1ubuntu1.14?distro=ubuntu-22.04'],
    ['Alpine:v3.19', 'openssl', '3.1.4-r3', 'pkg:apk/alpine/libcrypto3@3.1.4-r2?distro=alpine-3.19.1&upstream=openssl'],
    ['Red Hat:enterprise_linux:9::appstream', 'bind', '32:9.16.23-20', 'pkg:rpm/redhat/bind@9.16.23-14?distro=rhel-9.3&epoch=32'],
    ['Rocky Linux:9', 'tar', '2:1.34-7', 'pkg:rpm/rocky/tar@1.34-6?distro=rocky-9.3&epoch=2'],
    ['AlmaLinux:8', 'zlib', '0:1.2.11-26', 'pkg:rpm/almalinux/zlib@1.2.11-25?distro=almalinux-8.9'],
    [
      'SUSE:Linux Enterprise Server 15 SP5',
      'curl',
      '8.0.1-2',
      'pkg:rpm/suse/libcurl4@8.0.1-1?distro=sles-15.5&upstream=curl-8.0.1-1.src.rpm',
    ],
  ])('of %s are known', async (ecosystem, name, fixed, purl) => {
    const id = `SA-${randomUUID()}`;
    await importing(record(id, [[ecosystem, name, fixed]]));

    const affected = await listed(purl);
    const elsewhere = await listed(purl.replace(/distro=[a-z]+/, '$&-99').replace(/-99-[\d.]+/, '-99'));

    expect(await found(affected)).toEqual([expect.stringContaining(id)]);
    expect(await found(elsewhere)).toEqual([]);
    const [told] = (await ledger.evaluations('a')).filter(({ subject }) => subject.repository === affected);
    expect(told?.notEvaluated).toEqual([]);
  });

  it('that do not say their release are not taken for clean', async () => {
    await importing(record('DSA-3', [['Debian:12', 'nginx', '1.22.1-9']]));

    const repository = await listed('pkg:deb/debian/nginx@1.22.1-8');

    expect(await found(repository)).toEqual([]);
    const [told] = (await ledger.evaluations('a')).filter(({ subject }) => subject.repository === repository);
    expect(told?.notEvaluated).toMatchObject([
      { what: expect.stringContaining('Debian') },
      { reason: expect.stringContaining('cannot be compared') },
    ]);
  });

  it('of which a tool names the source later are compared anew', async () => {
    await importing(record('DSA-4', [['Debian:12', 'krb5', '1.20.1-3']]));
    const bare = 'pkg:deb/debian/libkrb5-3@1.20.1-2?distro=debian-12';
    const first = await listed(bare);
    expect(await found(first)).toEqual([]);

    const second = await listed(`${bare}&upstream=krb5`);

    expect(await found(second)).toEqual([expect.stringContaining('DSA-4')]);
  });
});
