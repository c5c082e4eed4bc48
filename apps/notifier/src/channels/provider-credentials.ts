import { Injectable } from '@nestjs/common';
import { InternalClient, Problem } from '@throughline/service';
import type { ProviderCredential } from './channel.ts';

/** The ways to the hosts of repositories; their owner is asked each time. */
@Injectable()
export class ProviderCredentials {
  constructor(private readonly internal: InternalClient) {}

  /** A repository that no source stands for has no provider to tell. */
  async of(repository: string): Promise<ProviderCredential> {
    const body = { repository, purpose: 'status' };
    try {
      return await this.internal.call<ProviderCredential>('ingest', { method: 'POST', path: '/internal/repositories/credential', body });
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return { provider: 'none' };
      throw error;
    }
  }
}
