import { expect } from '@jest/globals';
import type { CreatedSource } from '@throughline/contracts';
import { eventually, infra } from '@throughline/testing';
import { demoAdvisories } from '../../../apps/cli/src/demo/repository.ts';
import { Api } from '../../journeys/api.ts';
import { GitRepository } from '../../journeys/git-repository.ts';
import { installedScanners } from '../../journeys/scanner-tools.ts';
import { ServiceProcesses } from '../../journeys/service-processes.ts';
import { GiteaDatabase } from './gitea-database.ts';
import { GiteaServer, type Answer } from './gitea-server.ts';

export interface Status {
  readonly status: string;
  readonly context: string;
  readonly description: string;
}

/** A real Gitea with the organisation `shop`, and the whole platform, which it tells what happens. */
export class GiteaShop {
  private constructor(
    readonly gitea: GiteaServer,
    readonly token: string,
    readonly platform: ServiceProcesses,
    readonly api: Api,
    private readonly source: CreatedSource,
  ) {}

  /** @param environment variables of all services */
  static async open(environment: Readonly<Record<string, string>>, allowed: readonly string[]): Promise<GiteaShop> {
    const gitea = await GiteaServer.start(process.env['REAL_PART']!, await GiteaDatabase.create(await infra()));
    try {
      const token = gitea.administrator('keeper');
      const OUTBOUND_ALLOW = [new URL(gitea.url).origin, ...allowed].join(',');
      const platform = await ServiceProcesses.start({ toolsDir: installedScanners(), environment: { ...environment, OUTBOUND_ALLOW } });
      const api = new Api(platform.url('gateway'), platform.token);
      await api.call('POST', 'advisories', (await demoAdvisories()).map((record) => JSON.stringify(record)).join('\n'));
      await api.call('PUT', 'advisories/feeds/manual', { trustedForFixes: true });
      const source = await api.call<CreatedSource>('POST', 'sources', {
        kind: 'gitea',
        name: 'real',
        scope: { repositories: ['shop/**'] },
        settings: { baseUrl: gitea.url, token, writeToken: token },
      });
      const shop = new GiteaShop(gitea, token, platform, api, source);
      await shop.made('orgs', { username: 'shop' });
      return shop;
    } catch (error) {
      await gitea.stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.platform.stop();
    await this.gitea.stop();
  }

  /** A repository whose webhook is signed with the secret of the source. */
  async repository(name: string): Promise<GitRepository> {
    await this.made('orgs/shop/repos', { name, default_branch: 'main', private: true });
    const { url, secret } = this.source;
    await this.made(`repos/shop/${name}/hooks`, {
      type: 'gitea',
      active: true,
      events: ['push', 'pull_request', 'status'],
      config: { url, secret, content_type: 'json' },
    });
    return new GitRepository(this.platform.repositories, `shop/${name}`);
  }

  call(method: string, path: string, body?: object): Promise<Answer> {
    return this.gitea.call(this.token, method, path, body);
  }

  async made<T>(path: string, body: object): Promise<T> {
    const answer = await this.call('POST', path, body);
    expect(answer).toMatchObject({ status: 201 });
    return answer.body as T;
  }

  push(repository: GitRepository, branch: string): void {
    const address = new URL(`${this.gitea.url}/${repository.name}.git`);
    [address.username, address.password] = ['keeper', this.token];
    repository.push(address.href, branch);
  }

  /** From now on only what the platform has passed gets into the main branch. */
  async protect({ name }: GitRepository, context: string): Promise<void> {
    const rule = { rule_name: 'main', enable_status_check: true, status_check_contexts: [context], block_admin_merge_override: true };
    await this.made(`repos/${name}/branch_protections`, rule);
  }

  becomes({ name }: GitRepository, commit: string, status: string): Promise<Status> {
    return eventually(async () => {
      const { body } = await this.call('GET', `repos/${name}/commits/${commit}/status`);
      const found = (body as { readonly statuses: readonly Status[] | null }).statuses?.[0];
      expect(found?.status).toBe(status);
      return found!;
    }, 240_000);
  }

  /** All comments on a pull request. */
  comments({ name }: GitRepository, pull: number, expected: readonly unknown[]): Promise<void> {
    return eventually(async () => {
      const { body } = await this.call('GET', `repos/${name}/issues/${pull}/comments`);
      expect((body as { body: string }[]).map((comment) => comment.body)).toEqual(expected);
    }, 60_000);
  }

  /** Gitea checks in the background whether a change merges at all; until then it says "try again". */
  merge({ name }: GitRepository, pull: number): Promise<Answer> {
    return eventually(async () => {
      const answer = await this.call('POST', `repos/${name}/pulls/${pull}/merge`, { Do: 'merge' });
      expect(JSON.stringify(answer.body)).not.toMatch(/try again/i);
      return answer;
    }, 60_000);
  }
}
