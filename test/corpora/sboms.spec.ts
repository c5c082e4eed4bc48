import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { headBytes, readSbom, recogniseSbom, ReportRefused, type Sbom } from '@throughline/findings';
import { corpusFolder, describeCorpus } from './corpora.ts';

async function read(path: string): Promise<Sbom | ReportRefused> {
  const stored = readFileSync(path);
  const bytes = path.endsWith('.gz') ? gunzipSync(stored) : stored;
  try {
    const format = recogniseSbom(bytes.subarray(0, headBytes), bytes.length <= headBytes);
    return await readSbom(format, async function* () {
      yield await Promise.resolve(bytes);
    });
  } catch (error) {
    if (error instanceof ReportRefused) return error;
    throw error;
  }
}

describeCorpus('sbom', () => {
  const root = corpusFolder('sbom');

  it('reads every document of the specification that is valid and refuses those that are not', async () => {
    const names = readdirSync(join(root, 'cyclonedx-spec'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /(?:^|\/)(?:in)?valid-/.test(name),
    );
    const wrong: string[] = [];
    for (const name of names) {
      const refused = (await read(join(root, 'cyclonedx-spec', name))) instanceof ReportRefused;
      if (refused !== name.includes('/invalid-')) wrong.push(name);
    }

    expect(names.length).toBeGreaterThan(200);
    expect(wrong).toEqual([]);
  });

  it.each([
    ['SBOM__dropwizard-1.3.15__bom.json.gz', 167],
    ['SBOM__juice-shop__v11.1.2__bom.json.gz', 840],
    ['SBOM__laravel-7.12.0__bom.1.4.json.gz', 62],
    ['SBOM__proton-bridge__proton-bridge-v1.8.0.bom.json.gz', 201],
  ])('reads all components of %s', async (name, components) => {
    const sbom = (await read(join(root, 'bom-examples-large', name))) as Sbom;

    expect(sbom.components).toHaveLength(components);
  });

  it('reads every example of SPDX 3.0', async () => {
    const folder = join(root, 'spdx-examples');
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /spdx3\.0\/.*\.json$/.test(name));

    expect(names.length).toBeGreaterThan(8);
    for (const name of names) {
      const sbom = await read(join(folder, name));
      const { '@graph': graph } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { '@graph': { type: string }[] };
      const packages = graph.filter(({ type }) => type === 'software_Package').length;

      expect(sbom).toMatchObject({ head: { format: 'SPDX', specVersion: expect.stringMatching(/^3\.0\./) } });
      // What a document is about is no component of itself.
      expect([packages, packages - 1]).toContain((sbom as Sbom).components.length);
    }
  });

  it('takes nothing for an SBOM that is none', async () => {
    const others = [
      'certify-vuln.json',
      'kubernetes-scorecard.json',
      'rhsa-csaf.json',
      'open-vex-affected.json',
      'oci-dsse-att.json',
      'eol-all.json',
    ];

    for (const name of others) expect(await read(join(root, 'guac-exampledata', name))).toBeInstanceOf(ReportRefused);
  });
});
