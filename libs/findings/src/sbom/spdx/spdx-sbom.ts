import { objectOf, textOf, type Foreign } from '../../foreign.ts';
import { jsonItems } from '../../json/json-items.ts';
import type { OpenReport } from '../../readers/reader.ts';
import type { Head } from '../../readers/head.ts';
import type { Draft, SbomFormat } from '../sbom.ts';
import { spdxContext } from './elements.ts';
import { readGraph } from './graph.ts';
import { draftOf, toolOf, wrong, type Relationship } from './packages.ts';
import { isTagValue, readTagValue } from './tag-value.ts';

type Path = readonly (string | number)[];

const enough = 4096;

/** SPDX 2.2 and 2.3, JSON and tag-value, and 3.0 as JSON-LD. */
export const spdxSbom: SbomFormat = {
  name: 'spdx',
  title: 'SPDX 2.2, 2.3 and 3.0',
  recognises: (head, text) => {
    if (!head) return isTagValue(text);
    if (head.syntax !== 'json') return false;
    if (isGraph(head)) return true;
    return !head.has('$.@graph') && (head.has('$.spdxVersion') || head.has('$.SPDXID') || head.has('$.packages'));
  },
  read: async (open) => {
    const { text, again } = await beginning(open);
    if (isTagValue(text)) return readTagValue(again);
    return /"@(?:context|graph)"/.test(text) ? readGraph(again) : readJson(again);
  },
};

/** JSON-LD of something else is no SPDX. */
function isGraph(head: Head): boolean {
  return head.has('$.@graph') && [head.value('$.@context')].flat().some((one) => spdxContext.test(String(one)));
}

async function readJson(open: OpenReport): Promise<Draft> {
  const packages: { readonly package: Foreign; readonly path: Path }[] = [];
  const relationships: Relationship[] = [];
  const describes: string[] = [];
  const fields = new Map<string, unknown>();
  const selectors = ['$.spdxVersion', '$.name', '$.creationInfo', '$.documentDescribes.*', '$.packages.*', '$.relationships.*'];
  for await (const { selector, path, value } of jsonItems(open(), selectors)) {
    if (selector === '$.packages.*') packages.push({ package: objectAt(value, path), path });
    else if (selector === '$.relationships.*') relationships.push(relationshipOf(objectAt(value, path), path));
    else if (selector === '$.documentDescribes.*') describes.push(String(value));
    else fields.set(String(path[0]), value);
  }
  const creators = objectOf(fields.get('creationInfo'))?.['creators'];
  return draftOf({
    ...{ packages, relationships, describes, spdxVersion: fields.get('spdxVersion') },
    name: textOf(fields.get('name'), 300),
    tool: toolOf(Array.isArray(creators) ? creators : []),
  });
}

function objectAt(value: unknown, path: Path): Foreign {
  const object = objectOf(value);
  if (!object) throw wrong(path, 'this is no object');
  return object;
}

function relationshipOf({ spdxElementId: from, relationshipType: type, relatedSpdxElement: to }: Foreign, path: Path): Relationship {
  if (typeof from !== 'string' || typeof type !== 'string' || typeof to !== 'string') throw wrong(path, 'this is no relationship');
  return { from, type, to };
}

/** The first bytes, and an opening that begins with them again. */
async function beginning(open: OpenReport): Promise<{ readonly text: string; readonly again: OpenReport }> {
  const chunks = open()[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let length = 0;
  while (length < enough) {
    const next = await chunks.next();
    if (next.done) break;
    length += held[held.push(Uint8Array.from(next.value)) - 1]!.byteLength;
  }
  const again = async function* (): AsyncIterable<Uint8Array> {
    yield* held;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  };
  return {
    text: Buffer.concat(held)
      .toString('utf8')
      .replace(/^\ufeff/, ''),
    again,
  };
}
