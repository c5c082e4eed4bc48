import type { NewWork } from '@throughline/messaging';
import type { InstalledAt, ToldReach } from '@throughline/scm';
import type { KnownSource } from '../sources/known-source.ts';

/** Kind of the work that asks a host what an installation may see. */
export const reachKind = 'look-at-reach';

/** Hosts tell before all of their servers know; and what is told within it shares one look. */
export const settlingMs = 2000;

/** Kind of the work that asks a host where an App is installed. */
export const installationsKind = 'find-installations';

export interface InstallationsLook {
  readonly source: string;
  readonly app: string;
}

export interface ReachLook extends Pick<ToldReach, 'installation' | 'account' | 'lost' | 'deleted' | 'renamed'> {
  readonly source: string;
  /** The App that the source had when it was told. */
  readonly app: string;
}

/** One look after the other: a late answer never comes over a newer one. */
export function reachLooksOf({ id, app }: KnownSource, delivery: string, reach: ToldReach | undefined): NewWork[] {
  if (!reach || !app) return [];
  const { installation, account, lost, deleted, renamed } = reach;
  return [
    {
      kind: reachKind,
      key: `${id} ${installation}`,
      payload: { source: id, app: app.id, installation, account, lost, deleted, ...(renamed ? { renamed } : {}) } satisfies ReachLook,
      dedupe: delivery,
      runAfter: new Date(Date.now() + settlingMs),
    },
  ];
}

/** The same with nothing told, for one whose turn it is; one that waits already is not doubled. */
export function reachVisitOf({ source, app }: InstallationsLook, { installation, account }: InstalledAt): NewWork {
  return {
    kind: reachKind,
    key: `${source} ${installation}`,
    payload: { source, app, installation, account, lost: [], deleted: [] } satisfies ReachLook,
    dedupe: `visit ${source} ${installation}`,
    priority: 'bulk',
  };
}
