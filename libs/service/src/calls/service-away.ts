import type { ServiceName } from '@throughline/contracts';
import { Problem } from '../http/problem.ts';

/** Another service does not answer; to our own caller this is a 503. */
export class ServiceAway extends Problem {
  constructor(
    readonly service: ServiceName,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(503, 'service_away', `${service} is needed for this, and ${reason}`, [], { 'retry-after': '5' });
    this.cause = options?.cause;
  }
}
