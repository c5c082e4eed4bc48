import type { NewWork } from '@throughline/messaging';

/** Kind of the work that asks an origin whether a push is the last one. */
export const checkKind = 'check-push';

/** Which delivery told the push. */
export interface PushCheck {
  readonly delivery: string;
}

export function checkOf(delivery: string): NewWork {
  return { kind: checkKind, payload: { delivery } satisfies PushCheck, dedupe: delivery };
}
