import { jsonItems, type Seen } from '../../json/json-items.ts';
import { advisoryIds, objectOf, objectsOf, present, rejected, textOf, vulnerable, webAddress, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

/** The advisories that an SPDX 2.2 or 2.3 document (JSON) refers to from its packages: SPDX 2 has no other word for a vulnerability. */
export const spdx: ReportReader = {
  name: 'spdx',
  title: 'SPDX 2 JSON',
  finds: ['vulnerability'],
  passes: 1,
  marks: ['$.spdxVersion', '$.SPDXID', '$.@graph'],
  recognises: (head) => head.has('$.spdxVersion', '$.SPDXID') && !head.has('$.@graph'),
  read,
};

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  let version: string | undefined;
  for await (const { selector, path, value } of jsonItems(open(), ['$.spdxVersion', '$.packages.*'], { seen })) {
    if (selector === '$.spdxVersion') version = textOf(value, 20);
    else yield* linesOf(objectOf(value) ?? {}, path);
  }
  if (version?.startsWith('SPDX-2.') !== true)
    throw new ReportRefused('this is no SPDX document of version 2', { pointer: '/spdxVersion' });
}

/** A reference to a fix says that there is one, not that it is missing. */
const kinds = new Set(['advisory', 'url']);

function* linesOf(about: Foreign, path: readonly (string | number)[]): Iterable<ReadLine> {
  const references = objectsOf(about['externalRefs'], 10_000);
  const name = textOf(about['name'], 300);
  if (name === undefined) {
    yield rejected(path, 'a package has a name');
    return;
  }
  const purl = references
    .filter(({ referenceType }) => referenceType === 'purl')
    .flatMap(({ referenceLocator }) => textOf(referenceLocator, 1024) ?? [])[0];
  const told = new Set<string>();
  for (const { referenceCategory: category, referenceType: type, referenceLocator: locator } of references) {
    if (category !== 'SECURITY' || !kinds.has(String(textOf(type, 40)?.split('/').at(-1)))) continue;
    const text = textOf(locator, 1024);
    const [id] = advisoryIds(/CVE-\d{4}-\d{4,19}|GHSA(?:-[0-9a-z]{4}){3}/i.exec(text ?? '')?.[0]);
    if (id === undefined || told.has(id)) continue;
    told.add(id);
    yield {
      finding: vulnerable(
        present({
          rule: id,
          title: `${id} in ${name}`.slice(0, 300),
          // SPDX says which, not how bad.
          severity: 'medium' as const,
          help: webAddress(text),
        }),
        present({ name, version: textOf(about['versionInfo'], 200), purl, ecosystem: undefined, purlType: undefined }),
        { ids: [id] },
      ),
    };
  }
}
