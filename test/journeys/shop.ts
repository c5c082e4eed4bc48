import { pathToFileURL } from 'node:url';
import type { CreatedSource } from '@throughline/contracts';
import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import { demoAdvisories } from '../../apps/cli/src/demo/repository.ts';
import { Api, site } from './api.ts';
import { Databases } from './databases.ts';
import { ServiceProcesses, type StartOptions } from './service-processes.ts';

/** A manifest and a lock file with one component that has a known vulnerability and a fixed version. */
export const vulnerableLock = {
  'package.json': JSON.stringify({ name: 'till', version: '1.0.0', dependencies: { minimist: '1.2.5' } }),
  'package-lock.json': JSON.stringify({
    name: 'till',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: {
      '': { name: 'till', version: '1.0.0', dependencies: { minimist: '1.2.5' } },
      'node_modules/minimist': { version: '1.2.5' },
    },
  }),
};

/** The whole platform, a provider whose source may speak about `shop/**`, and advisories. */
export class Shop {
  private constructor(
    readonly platform: ServiceProcesses,
    readonly provider: HttpReceiver,
    readonly databases: Databases,
    readonly api: Api,
    readonly source: CreatedSource,
  ) {}

  static async open(options: StartOptions = {}): Promise<Shop> {
    const provider = await httpReceiver();
    provider.answer = () => ({ status: 201, body: '{}' });
    const allowed = [provider.origin, options.environment?.['OUTBOUND_ALLOW']].filter(Boolean).join(',');
    const environment = { ...options.environment, OUTBOUND_ALLOW: allowed };
    const platform = await ServiceProcesses.start({ ...options, environment });
    try {
      const api = new Api(platform.url('gateway'), platform.token);
      await api.call('POST', 'advisories', (await demoAdvisories()).map((record) => JSON.stringify(record)).join('\n'));
      await api.call('PUT', 'advisories/feeds/manual', { trustedForFixes: true });
      return new Shop(platform, provider, new Databases(platform.infra), api, await createSource(api, provider, platform));
    } catch (error) {
      await platform.stop('SIGKILL');
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.platform.stop();
    await this.provider.close();
  }
}

function createSource(api: Api, provider: HttpReceiver, platform: ServiceProcesses): Promise<CreatedSource> {
  return api.call<CreatedSource>('POST', 'sources', {
    kind: 'gitea',
    name: 'shop',
    scope: { repositories: ['shop/**'] },
    settings: {
      baseUrl: site,
      apiUrl: `${provider.origin}/api/v1`,
      token: 'status-token',
      cloneUrl: `${pathToFileURL(platform.repositories).href}/{fullName}.git`,
    },
  });
}
