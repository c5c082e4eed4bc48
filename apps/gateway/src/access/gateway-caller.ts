import type { Identity, Person } from '@throughline/service';
import { reachOf, type Grant, type Reach } from './grants.ts';

/** A caller at the public door: always a token, shown itself or by way of a browser session. */
export interface GatewayCaller extends Identity {
  readonly kind: 'user';
  readonly via: 'token' | 'session';
  /** Id of the token; `id` is the person's, where it is somebody's. */
  readonly token: string;
  readonly person: Person | undefined;
  /** All that is allowed; `rights`, `applications` and `teams` are what of it belongs together. */
  readonly grants: readonly Grant[];
  readonly teams: Reach;
  /** The team that the token is for. */
  readonly team: string | null;
  readonly expiresAt: Date | null;
}

/** True when the caller has the right everywhere. */
export function everywhere({ grants }: GatewayCaller, right: Parameters<typeof reachOf>[1]): boolean {
  const { rights, applications, teams } = reachOf(grants, right);
  return rights.length > 0 && applications === '*' && teams === '*';
}
