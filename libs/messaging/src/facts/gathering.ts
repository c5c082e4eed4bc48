import { setTimeout as sleep } from 'node:timers/promises';
import type { Share } from './intake.ts';

/** So long facts gather before they are looked at. */
const gatherMs = 400;
/** The partitions of one fetch are handed over in one moment. */
const joinMs = 2;

/**
 * For a consumer that nobody waits for: facts gather before they are taken, and those of all partitions are taken in one go. So
 * those of one push need few transactions, and none while somebody waits for what else becomes of it.
 */
export class Gathering {
  private readonly waiting: { readonly share: Share; readonly taken: PromiseWithResolvers<void> }[] = [];
  private pause: Promise<void> | undefined;
  private over = false;

  constructor(private readonly takeAll: (shares: readonly Share[]) => Promise<void>) {}

  /** The pause, while facts have to gather; what is then left alone comes with the next fetch, together with what came meanwhile. */
  rest(): Promise<void> | undefined {
    if (this.over) return undefined;
    return (this.pause ??= sleep(gatherMs).then(() => {
      this.pause = undefined;
      this.over = true;
    }));
  }

  /** All that was there was taken: what comes gathers anew. */
  drained(): void {
    this.over = false;
  }

  /** Takes it together with the other partitions of its fetch; resolves when all are done. */
  take(share: Share): Promise<void> {
    const taken = Promise.withResolvers<void>();
    if (this.waiting.push({ share, taken }) === 1) setTimeout(() => this.takeWaiting(), joinMs);
    return taken.promise;
  }

  private takeWaiting(): void {
    const now = this.waiting.splice(0);
    const done = this.takeAll(now.map(({ share }) => share));
    for (const { taken } of now) taken.resolve(done);
  }
}
