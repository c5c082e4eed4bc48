import { looksLikeXml } from '../xml/xml-text.ts';
import { Head, headBytes } from '../readers/head.ts';
import { ReportRefused } from '../readers/report-refused.ts';
import { cyclonedxSbom } from './cyclonedx/cyclonedx-sbom.ts';
import type { SbomFormat } from './sbom.ts';
import { spdxSbom } from './spdx/spdx-sbom.ts';

/** Every format of SBOMs; a new one is a folder and a line here. */
export const sbomFormats: readonly SbomFormat[] = [cyclonedxSbom, spdxSbom];

const marks = ['$.bomFormat', '$.specVersion', '$.spdxVersion', '$.SPDXID', '$.components', '$.packages', '$.metadata', '$.dependencies']
  .concat(['$.creationInfo', '$.relationships', '$.@graph', '$.@context'])
  .concat(['/bom']);

/** The format of a document of which the first 64 KiB are given; `whole` says that there is no more. Throws `ReportRefused`. */
export function recogniseSbom(head: Buffer, whole: boolean): SbomFormat {
  const bytes = head.subarray(0, headBytes);
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (bytes.length === 0) throw new ReportRefused('the document is empty');
  const structured = looksLikeXml(bytes) || /^\s*[[{]/.test(text);
  const beginning = structured ? new Head(bytes, whole && head.length <= headBytes, marks, false) : undefined;
  const format = sbomFormats.find((one) => one.recognises(beginning, text));
  if (format) return format;
  if (beginning?.has('$.@context', '$.@graph') === true)
    throw new ReportRefused('the graph is none of SPDX 3.0: its context says something else', { pointer: '/@context' });
  throw new ReportRefused(`the document is no SBOM that is read here (${sbomFormats.map(({ title }) => title).join(', ')})`, {
    pointer: '',
  });
}
