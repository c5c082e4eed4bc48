import { readFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { readAuthFile, Registry, RegistryFailed, type ImageReference, type RegistryAccess, type RegistryAccount } from '@throughline/oci';
import { Outbound } from '@throughline/service';
import { ScannerOrchestratorConfig } from '../../config.ts';

/** Registries as the operator lets them be asked: through the door that checks addresses, with the accounts of one file. */
@Injectable()
export class RegistryDoor {
  constructor(
    private readonly config: ScannerOrchestratorConfig,
    private readonly outbound: Outbound,
  ) {}

  /** Accounts are read each time: a new password counts at once, and none is held while nothing is pulled. */
  async open(reference: ImageReference): Promise<Registry> {
    const accounts = await this.accounts();
    const { outboundAllow } = this.config;
    const access: RegistryAccess = {
      dispatcher: this.outbound.dispatcher,
      isPlain: (host) => outboundAllow.some((allowed) => allowed.replace(/\/$/, '') === `http://${host}`),
      accountOf: (host) => accounts.get(host),
      realmsOf: (host) => this.config.registryRealms.flatMap((pair) => (pair.startsWith(`${host}=`) ? [pair.slice(host.length + 1)] : [])),
    };
    return new Registry(reference, access);
  }

  private async accounts(): Promise<ReadonlyMap<string, RegistryAccount>> {
    const { registryAuthFile } = this.config;
    if (registryAuthFile === '') return new Map();
    try {
      return readAuthFile(await readFile(registryAuthFile, 'utf8'));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const why = code === undefined ? message : `it cannot be read (${code})`;
      throw new RegistryFailed('refused', `REGISTRY_AUTH_FILE of the operator is no good: ${why}`, { cause: error });
    }
  }
}
