import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { headBytes, readReport, recogniseReport, type RawFinding } from '@throughline/findings';
import { corpusFolder, corpusJson, describeCorpus } from './corpora.ts';

async function read(bytes: Buffer): Promise<RawFinding[]> {
  const { reader } = recogniseReport(bytes.subarray(0, headBytes), bytes.length <= headBytes);
  expect(reader.name).toBe('in-toto');
  const found: RawFinding[] = [];
  const open = async function* (): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(bytes);
  };
  for await (const line of readReport(reader, open)) if ('finding' in line) found.push(line.finding);
  return found;
}

const file = (path: string): Buffer => readFileSync(corpusFolder(path));

describeCorpus('sbom/guac-exampledata', () => {
  it.each([
    ['certify-vuln.json', 8],
    ['certify-vuln-v02.json', 8],
    ['certify-novuln-v02.json', 0],
  ])('reads every vulnerability of %s', async (name, count) => {
    const found = await read(file(`sbom/guac-exampledata/${name}`));

    expect(found).toHaveLength(count);
    for (const { vulnerability } of found)
      expect(vulnerability).toMatchObject({ name: 'org.apache.logging.log4j:log4j-core', version: '2.8.1', ecosystem: 'Maven' });
  });

  it.each(['oci-dsse-att.json', 'github-review.json', 'oci-kubectl-linux-amd64-in-toto.json', 'crev-review.json'])(
    'refuses %s, which is about something else',
    async (name) => {
      await expect(read(file(`sbom/guac-exampledata/${name}`))).rejects.toMatchObject({
        code: 'report_refused',
        place: { pointer: expect.stringMatching(/predicateType$/) },
      });
    },
  );
});

describeCorpus('attestations', () => {
  it.each([
    ['chainloop/attestation-dsse-invalidtype.json', '/payloadType'],
    ['chainloop/attestation-invalid-intoto.json', '/payload'],
    ['chainloop/attestation-invalid-payload.json', '/payload'],
    ['chainloop/attestation-bundle.json', '/dsseEnvelope/payload/predicateType'],
    ['sigstore-go/bundles/dsse.sigstore.json', '/dsseEnvelope/payload/predicateType'],
  ])('refuses %s at %s', async (path, pointer) => {
    await expect(read(file(`attestations/${path}`))).rejects.toMatchObject({ code: 'report_refused', place: { pointer } });
  });

  it('refuses every example of the specification that is about something else', async () => {
    const examples = Object.values(corpusJson<Record<string, object>>('attestations/in-toto-spec-examples.json'));

    for (const example of examples)
      await expect((async () => read(Buffer.from(JSON.stringify(example))))()).rejects.toMatchObject({ code: 'report_refused' });
  });
});
