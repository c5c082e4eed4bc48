import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { readVex, ReportRefused } from '@throughline/findings';
import { corpusFolder, describeCorpus } from './corpora.ts';

describeCorpus('vex', () => {
  const root = corpusFolder('vex');
  const bytesOf = (name: string): Buffer => readFileSync(join(root, name));
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  const count = (holds: (word: string) => boolean, body: Buffer): number =>
    (body.toString().match(/"[a-z_]+"/g) ?? []).filter(holds).length;

  it('reads the documents of OpenVEX whole', () => {
    const found = names.filter((name) => name.startsWith('openvex/'));

    expect(found.length).toBeGreaterThan(3);
    for (const name of found) expect(readVex(bytesOf(name)).lines.filter((line) => 'rejected' in line)).toEqual([]);
  });

  it('reads every analysis of CycloneDX, and refuses what has none', () => {
    const wrong: string[] = [];
    for (const name of names.filter((one) => one.startsWith('cyclonedx-vex/'))) {
      const analyses = count((word) => word === '"analysis"', bytesOf(name));
      try {
        const { format, lines } = readVex(bytesOf(name));
        if (format !== 'cyclonedx' || lines.length < analyses || analyses === 0) wrong.push(name);
      } catch (error) {
        if (!(error instanceof ReportRefused) || analyses > 0) wrong.push(`${name}: ${String(error)}`);
      }
    }

    expect(wrong).toEqual([]);
  });

  it('reads CSAF, and refuses garbage behind it', () => {
    const [valid, garbage] = ['valid', 'trailing-garbage-data'].map((folder) =>
      bytesOf(`csaf-provider/csaf-documents/${folder}/avendor-advisory-0004.json`),
    );

    expect(readVex(valid!)).toMatchObject({ format: 'csaf', id: 'Avendor-advisory-0004', author: 'ACME Inc.' });
    expect(() => readVex(garbage!)).toThrow(ReportRefused);
  });
});
