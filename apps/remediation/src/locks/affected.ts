import { affects, type OsvAffected } from '@throughline/versions';
import type { World } from '../world/world.ts';

/** Whether any advisory speaks of the version; unknown is not clean. */
export function isAffected(world: World, ecosystem: string, name: string, version: string): boolean {
  const document = world.document({ kind: 'advisories', at: '', name: `${ecosystem} ${name}` });
  if (!('text' in document)) return false;
  const { affected } = JSON.parse(document.text) as { affected: string[] };
  return affected.some((entries) => affects({ affected: JSON.parse(entries) as OsvAffected[] }, ecosystem, name, version) === true);
}
