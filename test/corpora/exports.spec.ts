import { expect, it } from '@jest/globals';
import { findingFormats } from '@throughline/findings';
import addFormats from 'ajv-formats';
import { default as Ajv } from 'ajv-draft-04';
import { all } from '../../libs/findings/src/writers/fixtures/findings.ts';
import { corpusJson, describeCorpus } from './corpora.ts';

describeCorpus('sarif-spec', () => {
  it.each([
    ['findings of several repositories', all],
    ['no findings', []],
  ])('%s are a SARIF log as the schema of OASIS has it', (_what, findings) => {
    const writer = findingFormats.sarif.open({ at: '2026-11-23T00:00:00.000Z', filter: {} });
    const log: unknown = JSON.parse([writer.begin(), writer.page(findings), writer.end()].join(''));
    const ajv = new Ajv.default({ strict: false, allErrors: true });
    addFormats.default(ajv);

    const validate = ajv.compile(corpusJson<object>('sarif-spec/sarif-schema-2.1.0.json'));

    expect(validate(log) ? [] : validate.errors).toEqual([]);
  });
});
