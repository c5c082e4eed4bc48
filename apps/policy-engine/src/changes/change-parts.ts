import type { PolicyChangePart } from '@throughline/contracts';
import type { ChangeRow } from './change-rows.ts';

/** What a bundle that waits would change, as its source holds it. */
export interface WaitingBundle {
  readonly note?: string | undefined;
  readonly parts: readonly PolicyChangePart[];
}

/** Written the same for the same, so that what is asked for twice is found. */
export function textOfBundle({ note, parts }: WaitingBundle): string {
  return JSON.stringify({ note, parts: parts.map(({ policy, kind, base, source }) => ({ policy, kind, base, source })) });
}

/** Every policy that a change would publish or take away, and its note. */
export function contentsOf({ name, kind, base, source }: Pick<ChangeRow, 'name' | 'kind' | 'base' | 'source'>): WaitingBundle {
  if (name !== null && (kind === 'publish' || kind === 'delete'))
    return { parts: [{ policy: name, kind, base, ...(source === null ? {} : { source }) }] };
  return JSON.parse(source!) as WaitingBundle;
}
