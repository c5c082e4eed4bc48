import { Injectable } from '@nestjs/common';
import { ScmCallFailed, type AppTokenPlace, type AppTokenPurpose } from '@throughline/scm';
import { Database, Log, Outbound, Problem } from '@throughline/service';
import type { KnownSource } from './known-source.ts';
import { lostByApp } from './resting.ts';
import { SourceDirectory } from './source-directory.ts';
import { apiUrlOf } from './source-settings.ts';

/** What opens a place at a host now. */
export interface UsableToken {
  readonly token: string;
  /** Not to be used any more from then on. */
  readonly expiresAt?: Date;
  /** Id of the App that it belongs to. */
  readonly app?: string;
}

/** How long one is used, which its host would take for an hour. */
const usableMs = 10 * 60_000;
/** One that is handed out can be used for at least so long. */
const leastLeftMs = 5 * 60_000;
const mostKept = 1000;

/** Tokens of sources: of its App, for one purpose at one place, else the one that a person stored. Nothing is kept but in memory. */
@Injectable()
export class SourceTokens {
  private readonly minted = new Map<string, Promise<UsableToken | undefined>>();

  constructor(
    private readonly database: Database,
    private readonly directory: SourceDirectory,
    private readonly outbound: Outbound,
    private readonly log: Log,
  ) {}

  /** Undefined where nobody gave any. Throws `Problem` 503 while the host gives none. */
  async of(source: KnownSource, place: AppTokenPlace, purpose: AppTokenPurpose): Promise<UsableToken | undefined> {
    return (await this.ofApp(source, place, purpose)) ?? this.stored(source, purpose);
  }

  private stored(source: KnownSource, purpose: AppTokenPurpose): UsableToken | undefined {
    const token = purpose === 'write' ? this.directory.writeTokenOf(source) : this.directory.tokenOf(source);
    return token === undefined ? undefined : { token };
  }

  private async ofApp(source: KnownSource, place: AppTokenPlace, purpose: AppTokenPurpose): Promise<UsableToken | undefined> {
    if (!source.app || source.baseUrl === undefined) return undefined;
    // Another key or another address is another place to ask.
    const key = JSON.stringify([source.id, source.app.id, apiUrlOf(source.provider, source.settings, source.baseUrl), place, purpose]);
    const known = await this.minted.get(key);
    if (known?.expiresAt && known.expiresAt.getTime() - Date.now() > leastLeftMs) return known;
    const minting = this.mint(source, place, purpose);
    this.minted.delete(key);
    this.minted.set(key, minting);
    for (const oldest of this.minted.keys()) {
      if (this.minted.size <= mostKept) break;
      this.minted.delete(oldest);
    }
    try {
      return await minting;
    } catch (error) {
      if (this.minted.get(key) === minting) this.minted.delete(key);
      throw error;
    }
  }

  /** Whether the App lost it, or there is nothing any more: nobody is asked for a token of it. */
  private async rests({ id }: KnownSource, place: AppTokenPlace): Promise<boolean> {
    if (!('fullName' in place)) return false;
    const sql = `select 1 from repository where source_id = $1 and full_name = $2 and (rest = 'deleted' or ${lostByApp})`;
    return (await this.database.rows(sql, [id, place.fullName])).length > 0;
  }

  private async mint(source: KnownSource, place: AppTokenPlace, purpose: AppTokenPurpose): Promise<UsableToken | undefined> {
    const { provider, settings, baseUrl } = source;
    const app = this.directory.appOf(source);
    if (!provider.apps || !app || baseUrl === undefined || (await this.rests(source, place))) return undefined;
    const expiresAt = new Date(Date.now() + usableMs);
    try {
      const to = { apiUrl: apiUrlOf(provider, settings, baseUrl), dispatcher: this.outbound.dispatcher };
      const token = await provider.apps.token(to, app, place, purpose);
      if (token === undefined) return undefined;
      this.log.info({ source: source.id, place, purpose }, 'a token of an App was made');
      return { token, expiresAt, app: app.id };
    } catch (error) {
      if (!(error instanceof ScmCallFailed)) throw error;
      const hint = error.status === 422 ? ': the App may lack a permission that its owner has to accept' : '';
      throw new Problem(503, 'unavailable', `the host gives the App no token: ${error.message}${hint}`, [], { 'retry-after': '30' });
    }
  }
}
