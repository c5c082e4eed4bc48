import { normalName } from './names.ts';
import { readMarker, type Marker } from './marker.ts';

/** A requirement as packages write it (PEP 508). */
export interface Requirement {
  /** As it is written. */
  readonly name: string;
  readonly extras: readonly string[];
  /** Empty for any version; undefined for an address. */
  readonly range: string | undefined;
  readonly marker: Marker | undefined;
}

const form = /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(@\s*\S+|\(([^)]*)\)|[^;@]*?)\s*(?:;([\s\S]*))?$/;

/** Reads a requirement; undefined for one that cannot be read. */
export function readRequirement(text: string): Requirement | undefined {
  const match = form.exec(text);
  if (!match) return undefined;
  const [, name, extras, body, inner, condition] = match;
  const marker = condition === undefined || condition.trim() === '' ? undefined : readMarker(condition);
  if (condition !== undefined && condition.trim() !== '' && marker === undefined) return undefined;
  const range = body!.startsWith('@') ? undefined : (inner ?? body!).trim();
  return {
    name: name!,
    extras: (extras ?? '')
      .split(',')
      .map((extra) => extra.trim())
      .filter((extra) => extra !== '')
      .map(normalName),
    range,
    marker,
  };
}
