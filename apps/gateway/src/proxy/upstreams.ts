import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ServiceName } from '@throughline/contracts';
import { Problem, ServiceAway } from '@throughline/service';
import { Pool, type Dispatcher } from 'undici';
import { GatewayConfig } from '../config.ts';

/** A request as it goes to a service. */
export interface Forwarded {
  readonly method: string;
  /** As it came, with the query. */
  readonly path: string;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer | NodeJS.ReadableStream | undefined;
  readonly signal: AbortSignal | undefined;
}

/** `POST /gate` may wait 50 s for its answer. */
const answerMs = 65_000;

/** One pool of connections per service. */
@Injectable()
export class Upstreams implements OnApplicationShutdown {
  private readonly pools = new Map<ServiceName, Pool>();

  constructor(private readonly config: GatewayConfig) {}

  /** Throws `ServiceAway`, or the `Problem` that a broken off body carries. */
  async send(service: ServiceName, { body, method, ...rest }: Forwarded): Promise<Dispatcher.ResponseData> {
    try {
      return await this.pool(service).request({ ...rest, method: method, body: body as Buffer | undefined });
    } catch (error) {
      if (error instanceof Problem) throw error;
      const late = (error as { code?: string }).code === 'UND_ERR_HEADERS_TIMEOUT';
      throw new ServiceAway(service, late ? 'it did not answer in time' : 'it cannot be reached', { cause: error });
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.destroy()));
  }

  private pool(service: ServiceName): Pool {
    const known = this.pools.get(service);
    if (known) return known;
    const url = this.config.urlOf(service);
    if (!url) throw new ServiceAway(service, 'its address is not configured');
    const pool = new Pool(url, { connections: 128, headersTimeout: answerMs, bodyTimeout: answerMs, connect: { timeout: 2_000 } });
    this.pools.set(service, pool);
    return pool;
  }
}
