import { Injectable } from '@nestjs/common';
import type { ConnectTo } from '@throughline/scm';
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
    if (source.baseUrl === undefined) return undefined;
    const token = this.directory.tokenOf(source);
    const authorization = token === undefined ? undefined : source.provider.authorization(token, 'api');
    return this.at(apiUrlOf(source.provider, source.settings, source.baseUrl), authorization);
  }

  /** The same for an organisation, by what the App of the source was given of it. */
  async ofOrganisation(source: KnownSource, organisation: string): Promise<ConnectTo | undefined> {
    const to = this.of(source);
    const token = to && source.app ? await this.tokens.of(source, { organisation }, 'list') : undefined;
    return to && token ? { ...to, authorization: source.provider.authorization(token.token, 'api') } : to;
  }

  at(apiUrl: string, authorization: string | undefined): ConnectTo {
    return { apiUrl, dispatcher: this.outbound.dispatcher, ...(authorization === undefined ? {} : { authorization }) };
  }
}
