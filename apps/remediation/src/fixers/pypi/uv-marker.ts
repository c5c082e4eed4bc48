import type { Machines } from './machines.ts';
import { joined, type Marker } from './marker.ts';

/** A marker as uv writes it, without what holds on every Python of the project; `never` when it holds on none. */
export function uvMarker(marker: Marker, machines: Machines): Marker | 'never' | undefined {
  if (machines.isEverywhere(marker)) return undefined;
  if (machines.where(marker) === 0n) return 'never';
  if (marker.kind === 'compare') return withFullVersion(marker);
  const single = singleBound(marker, machines);
  if (single) return single;
  const parts = marker.parts.map((part) => uvMarker(part, machines)).filter((part) => part !== undefined && part !== 'never');
  return parts.length === 0 ? undefined : joined(marker.kind, parts);
}

/** Pythons that lie together are told by where they begin or end. */
function singleBound(marker: Marker, machines: Machines): Marker | undefined {
  if (marker.kind !== 'or' || !machines.isKnown(marker)) return undefined;
  const versions = marker.parts.flatMap((part) =>
    part.kind === 'compare' && part.variable.startsWith('python') ? [part.value.replace('.*', '')] : [],
  );
  if (versions.length < marker.parts.length) return undefined;
  const bounds = versions.flatMap((value) =>
    ['>=', '<'].map((operator): Marker => ({ kind: 'compare', variable: 'python_full_version', operator, value, flipped: false })),
  );
  const surely = machines.surely(marker);
  return bounds.find((bound) => machines.surely(bound) === surely);
}

/** `python_version` speaks of `3.9`, `python_full_version` of `3.9.1`. */
function withFullVersion(marker: Extract<Marker, { kind: 'compare' }>): Marker {
  const minor = /^(\d+)\.(\d+)(?:\.\*)?$/.exec(marker.value);
  if (marker.variable !== 'python_version' || marker.flipped || !minor) return marker;
  const [, major, number] = minor;
  const full = { ...marker, variable: 'python_full_version' };
  const next = `${major}.${Number(number) + 1}`;
  if (marker.operator === '>') return { ...full, operator: '>=', value: next };
  if (marker.operator === '<=') return { ...full, operator: '<', value: next };
  return marker.operator === '==' || marker.operator === '!=' ? { ...full, value: `${major}.${number}.*` } : full;
}
