import { Injectable } from '@nestjs/common';
import type { RepositoryCredential } from '@throughline/contracts';
import { EgressProxy, InternalClient } from '@throughline/service';
import { HostOutages, type Origin } from '@throughline/git';
import { ScannerOrchestratorConfig } from '../config.ts';
import { Mirror } from './git/mirror.ts';
import { WorkFolders } from './work-folders.ts';

const mostAddresses = 10_000;

/** The mirrors of all repositories, and the way to their origins. */
@Injectable()
export class Mirrors {
  private readonly outages = new HostOutages();
  /** Where repositories were last, to ask nobody about one whose host is away. */
  private readonly addresses = new Map<string, string>();

  constructor(
    private readonly config: ScannerOrchestratorConfig,
    private readonly folders: WorkFolders,
    private readonly services: InternalClient,
    private readonly proxy: EgressProxy,
  ) {}

  of(repository: string): Mirror {
    return new Mirror(repository, {
      dir: this.folders.mirrors,
      home: { empty: this.folders.empty },
      maxBytes: this.config.maxRepositoryMib * 1024 * 1024,
    });
  }

  /** The host that a repository was at last, and for how many milliseconds that is left alone yet; undefined where it is not known to be away. */
  hostOf(repository: string): { readonly name: string; readonly restMs: number | undefined } | undefined {
    const last = this.addresses.get(repository);
    return last === undefined ? undefined : { name: new URL(last).origin, restMs: this.outages.restOf(last) };
  }

  /** Address and credential for one fetch; they are asked for each time, and no credential is kept. Throws `GitFailed` for a host that is away. */
  async originOf(repository: string): Promise<Origin> {
    const last = this.addresses.get(repository);
    if (last !== undefined) this.outages.refuse(last);
    const { cloneUrl, authorization } = await this.services.call<RepositoryCredential>('ingest', {
      method: 'POST',
      path: '/internal/repositories/credential',
      body: { repository, purpose: 'clone' },
    });
    if (this.addresses.size >= mostAddresses) this.addresses.clear();
    this.addresses.set(repository, cloneUrl);
    const proxy = this.config.egressProxy || (await this.proxy.url());
    const { outages } = this;
    return { url: cloneUrl, proxy, outages, ...(authorization !== undefined && { authorization }) };
  }
}
