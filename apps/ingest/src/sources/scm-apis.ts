import { Injectable } from '@nestjs/common';
import { ScmCallFailed, type AppReach, type ConnectTo, type InstalledAt, type RepositoryAddress } from '@throughline/scm';
import { Outbound } from '@throughline/service';
import type { KnownSource } from './known-source.ts';
import { SourceDirectory } from './source-directory.ts';
import { apiUrlOf } from './source-settings.ts';
import { SourceTokens } from './source-tokens.ts';

/** The ways to the APIs of hosts, through the one door to foreign addresses. */
@Injectable()
export class ScmApis {
  constructor(
    private readonly directory: SourceDirectory,
    private readonly outbound: Outbound,
    private readonly tokens: SourceTokens,
  ) {}

  /** Where the API of a source is and what opens it; undefined until its address is known. */
  of(source: KnownSource): ConnectTo | undefined {
    return this.opened(source, this.directory.tokenOf(source));
  }

  /** The same for an organisation, by what the App of the source was given of it. */
  async ofOrganisation(source: KnownSource, organisation: string): Promise<ConnectTo | undefined> {
    return this.opened(source, (await this.tokens.of(source, { organisation }, 'list'))?.token);
  }

  /** The same for reading one repository. Throws `Problem` 503 while the host gives the App no token. */
  async ofRepository(source: KnownSource, fullName: string): Promise<ConnectTo | undefined> {
    return this.opened(source, (await this.tokens.of(source, { fullName }, 'clone'))?.token);
  }

  /** What a repository is called now, by its id at the host; undefined where that is not shown. Throws `ScmCallFailed`, `Problem` 503. */
  async nameOf(source: KnownSource, { fullName, hostId }: RepositoryAddress): Promise<string | undefined> {
    if (!source.provider.nameOf || hostId === undefined) return undefined;
    const to = await this.ofOrganisation(source, fullName.split('/')[0]!);
    try {
      return to && (await source.provider.nameOf(to, { hostId, fullName }));
    } catch (error) {
      if (error instanceof ScmCallFailed && (error.status === 401 || error.status === 403) && !error.retryable) return undefined;
      throw error;
    }
  }

  /** What an installation of the source's App may see now; undefined where there is no App. Throws `ScmCallFailed`. */
  async reachOfApp(source: KnownSource, installation: string): Promise<AppReach | undefined> {
    const [to, app] = [this.opened(source, undefined), this.directory.appOf(source)];
    return to && app && source.provider.apps?.reach(to, app, installation);
  }

  /** Where the source's App is installed. Throws `ScmCallFailed`. */
  async installationsOfApp(source: KnownSource): Promise<readonly InstalledAt[]> {
    const [to, app] = [this.opened(source, undefined), this.directory.appOf(source)];
    return (to && app && (await source.provider.apps?.installations(to, app))) ?? [];
  }

  at(apiUrl: string, authorization: string | undefined): ConnectTo {
    return { apiUrl, dispatcher: this.outbound.dispatcher, ...(authorization === undefined ? {} : { authorization }) };
  }

  private opened({ provider, settings, baseUrl }: KnownSource, token: string | undefined): ConnectTo | undefined {
    if (baseUrl === undefined) return undefined;
    return this.at(apiUrlOf(provider, settings, baseUrl), token === undefined ? undefined : provider.authorization(token, 'api'));
  }
}
