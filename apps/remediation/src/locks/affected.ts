import { affects, type OsvAffected } from '@throughline/versions';
import type { FetchedDocument, World } from '../world/world.ts';

const advisories = new WeakMap<FetchedDocument, readonly (readonly OsvAffected[])[]>();

/** Whether any advisory speaks of the version; unknown is not clean. */
export function isAffected(world: World, ecosystem: string, name: string, version: string): boolean {
  const document = world.document({ kind: 'advisories', at: '', name: `${ecosystem} ${name}` });
  if (!('text' in document)) return false;
  if (!advisories.has(document)) advisories.set(document, advisoriesIn(document.text));
  return advisories.get(document)!.some((affected) => affects({ affected }, ecosystem, name, version) === true);
}

function advisoriesIn(text: string): readonly (readonly OsvAffected[])[] {
  const { affected } = JSON.parse(text) as { affected: string[] };
  return affected.map((entries) => JSON.parse(entries) as OsvAffected[]);
}
