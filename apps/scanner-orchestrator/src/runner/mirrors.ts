import { Injectable } from '@nestjs/common';
import type { RepositoryCredential } from '@throughline/contracts';
import { InternalClient } from '@throughline/service';
import { ScannerOrchestratorConfig } from '../config.ts';
import type { Origin } from './git/profile.ts';
import { Mirror } from './git/mirror.ts';
import { WorkFolders } from './work-folders.ts';

/** The mirrors of all repositories, and the way to their origins. */
@Injectable()
export class Mirrors {
  constructor(
    private readonly config: ScannerOrchestratorConfig,
    private readonly folders: WorkFolders,
    private readonly services: InternalClient,
  ) {}

  of(repository: string): Mirror {
    return new Mirror(repository, {
      dir: this.folders.mirrors,
      home: { empty: this.folders.empty, proxy: this.config.egressProxy },
      maxBytes: this.config.maxRepositoryMib * 1024 * 1024,
    });
  }

  /** Address and credential for one fetch; they are asked for each time and kept nowhere. */
  async originOf(repository: string): Promise<Origin> {
    const { cloneUrl, authorization } = await this.services.call<RepositoryCredential>('ingest', {
      method: 'POST',
      path: '/internal/repositories/credential',
      body: { repository, purpose: 'clone' },
    });
    return { url: cloneUrl, ...(authorization !== undefined && { authorization }) };
  }
}
