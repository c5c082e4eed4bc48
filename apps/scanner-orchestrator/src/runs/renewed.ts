import type { Lease } from '@throughline/messaging';

/** Keeps a lease while the work runs. A lease that was lost ends the work by its signal. */
export async function whileRenewed<P, T>(lease: Lease<P>, everyMs: number, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void lease.renew().catch(() => undefined), everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
