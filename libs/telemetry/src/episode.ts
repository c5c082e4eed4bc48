import type { Carrier } from './carrier.ts';

/** A row that waited longer is handled in a new trace, which links to the one it came from. */
const episodeMs = 60_000;

/** How the handling of something that waited hangs together with the trace in which it was made. */
export interface Continuation {
  readonly parent?: Carrier;
  readonly root?: boolean;
  readonly links?: readonly Carrier[];
}

/** Continues the trace of the carrier, or starts a new one with a link when more than 60 s went by. */
export function episode(carrier: Carrier | undefined, waitedMs: number): Continuation {
  if (!carrier?.traceparent) return { root: true };
  return waitedMs > episodeMs ? { root: true, links: [carrier] } : { parent: carrier };
}
