import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as { readonly prototype: RequestQueue };
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the queue below
const schedule = prototype.scheduleCheckPendingRequests;

/**
 * kafkajs 2.2 looks a thousand times a second and connection whether requests wait: its timer starts anew after every answer, with
 * a time that is negative unless the broker throttles, and Node makes a millisecond of that. Where none waits nothing is to be
 * looked after; the next request that has to wait starts the timer.
 */
prototype.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0) schedule.call(this);
};
