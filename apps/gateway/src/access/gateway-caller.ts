import type { Identity } from '@throughline/service';

/** A caller at the public door: always a token, shown itself or by way of a browser session. */
export interface GatewayCaller extends Identity {
  readonly kind: 'user';
  readonly via: 'token' | 'session';
  readonly team: string | null;
  readonly expiresAt: Date | null;
}
