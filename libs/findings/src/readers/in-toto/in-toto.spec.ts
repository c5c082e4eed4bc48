import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { ReadLine } from '../reader.ts';
import { readReport } from '../read-report.ts';
import { recogniseReport } from '../recognise.ts';
import { reportReaders } from '../registry.ts';

const inToto = reportReaders.find(({ name }) => name === 'in-toto')!;
const fixture = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../${name}/fixtures/findings.json`, import.meta.url), 'utf8')) as object;
const statement = (predicateType: string, predicate: unknown): object => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'shop', digest: { sha256: 'a'.repeat(64) } }],
  ...{ predicateType, predicate },
});
const enveloped = (payload: object, payloadType = 'application/vnd.in-toto+json'): object => ({
  ...{ payloadType, payload: Buffer.from(JSON.stringify(payload)).toString('base64') },
  signatures: [{ sig: 'bm90IGEgc2lnbmF0dXJl' }],
});
const bundled = (dsseEnvelope: object): object => ({
  mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  verificationMaterial: {},
  dsseEnvelope,
});

async function read(document: object): Promise<ReadLine[]> {
  const bytes = Buffer.from(JSON.stringify(document));
  const lines: ReadLine[] = [];
  expect(recogniseReport(bytes, true).reader.name).toBe('in-toto');
  const open = async function* (): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(bytes);
  };
  for await (const line of readReport(inToto, open)) lines.push(line);
  return lines;
}

async function directly(name: string): Promise<ReadLine[]> {
  const reader = reportReaders.find((one) => one.name === name)!;
  const lines: ReadLine[] = [];
  const open = async function* (): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(Buffer.from(JSON.stringify(fixture(name))));
  };
  for await (const line of readReport(reader, open)) lines.push(line);
  return lines;
}

describe('an in-toto statement', () => {
  it('has a finding for each vulnerability of its subject', async () => {
    const findings = (await read(fixture('in-toto'))).flatMap((line) => ('finding' in line ? [line.finding] : []));

    expect(findings).toMatchObject([
      { rule: 'CVE-2026-1001', severity: 'critical', vulnerability: { purl: 'pkg:npm/example@1.0.0', cvss: 9.8, ids: ['CVE-2026-1001'] } },
      { rule: 'GHSA-aaaa-bbbb-cccc', severity: 'medium', vulnerability: { name: 'example', version: '1.0.0' } },
    ]);
  });

  it.each([
    ['cyclonedx', 'https://cyclonedx.org/bom'],
    ['cyclonedx', 'https://cyclonedx.org/bom/v1.4'],
    ['spdx', 'https://spdx.dev/Document/v2.3'],
    ['openvex', 'https://openvex.dev/ns/v0.2.0'],
  ])('says what the %s within it says (%s)', async (name, type) => {
    const expected = await directly(name);

    expect(expected.length).toBeGreaterThan(0);
    expect(await read(statement(type, fixture(name)))).toEqual(expected);
    expect(await read(bundled(enveloped(statement(type, fixture(name)))))).toEqual(expected);
  });

  it('says what the scanner says whose report cosign attested', async () => {
    const scan = { scanner: { uri: 'pkg:github/aquasecurity/trivy@0.60.0', result: fixture('trivy') } };

    expect(await read(enveloped(statement('https://cosign.sigstore.dev/attestation/vuln/v1', scan)))).toEqual(await directly('trivy'));
  });

  it('is no finding when its scanner found none', async () => {
    expect(await read(statement('https://in-toto.io/attestation/vulns/v0.2', { scanner: { uri: 'osv.dev' } }))).toEqual([]);
  });

  it.each([
    ['is about something else', statement('https://slsa.dev/provenance/v1', {}), '/predicateType'],
    ['is about something else, in an envelope', enveloped(statement('https://slsa.dev/provenance/v1', {})), '/payload/predicateType'],
    ['has no predicate', statement('https://in-toto.io/attestation/vulns/v0.2', undefined), '/predicate'],
    ['says nothing of a scan', statement('https://in-toto.io/attestation/vulns/v0.2', {}), '/predicate/scanner'],
    ['carries nothing', statement('https://cyclonedx.org/bom', {}), '/predicate'],
    ['carries what breaks its format', statement('https://cyclonedx.org/bom', { bomFormat: 'Cyclone' }), '/predicate/bomFormat'],
    ['is of another type', enveloped(fixture('in-toto'), 'application/json'), '/payloadType'],
    ['is no base64', { ...enveloped({}), payload: '§' }, '/payload'],
    [
      'breaks off in its envelope',
      bundled({ ...enveloped({}), payload: Buffer.from('{"_type":').toString('base64') }),
      '/dsseEnvelope/payload',
    ],
    ['is none', enveloped({ hello: 'world' }), '/payload/_type'],
    [
      'names no vulnerability',
      statement('https://in-toto.io/attestation/vulns/v0.2', { scanner: { result: [{}] } }),
      '/predicate/scanner/result/0',
    ],
  ])('is refused with the place when it %s', async (_, document, pointer) => {
    await expect(read(document)).rejects.toMatchObject({ code: 'report_refused', place: { pointer } });
  });
});
