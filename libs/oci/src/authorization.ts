import type { Dispatcher } from 'undici';
import { challengeIn } from './challenge.ts';
import { RegistryFailed } from './registry-failed.ts';
import type { RegistryAccess } from './registry-access.ts';
import { ask, boundedBody } from './requests.ts';

/** Registries whose tokens come from another host of the same owner. */
const ownRealms: Readonly<Record<string, string>> = { 'registry-1.docker.io': 'auth.docker.io', 'registry.gitlab.com': 'gitlab.com' };
const mostBytes = 64 * 1024;

/** Shows a registry who asks, in the way that it wants. Holds what it was given for as long as one image is pulled. */
export class Authorization {
  private header: string | undefined;

  constructor(
    private readonly access: RegistryAccess,
    private readonly origin: string,
    private readonly name: string,
  ) {}

  get headers(): Readonly<Record<string, string>> {
    return this.header === undefined ? {} : { authorization: this.header };
  }

  /** Answers a 401. Throws `RegistryFailed` where there is nothing to show. */
  async answer(headers: Dispatcher.ResponseData['headers'], signal: AbortSignal): Promise<void> {
    const challenge = challengeIn(headers['www-authenticate']);
    const host = new URL(this.origin).host;
    const account = this.access.accountOf(host);
    if (challenge?.scheme === 'bearer') {
      this.header = `Bearer ${await this.token(this.realmOf(challenge.realm, host), challenge.service, signal)}`;
      return;
    }
    if (!account) throw new RegistryFailed('unauthorized', `${host} wants an account, and none is configured for it`);
    if (!challenge) throw new RegistryFailed('unauthorized', `${host} wants to be shown something else than a password or a token`);
    this.header = basic(account.user, account.password);
  }

  /** A registry that could name any realm would be given its account by every other one, and would have any address asked. */
  private realmOf(text: string, host: string): URL {
    const realm = URL.parse(text);
    const own = new URL(this.origin);
    const allowed = [host, ownRealms[host], ...this.access.realmsOf(host)];
    const fits = realm && realm.username === '' && realm.password === '' && allowed.includes(realm.host);
    if (!fits || (realm.protocol !== 'https:' && realm.origin !== own.origin))
      throw new RegistryFailed(
        'refused',
        `${host} wants a token of ${realm?.host ?? 'an address that cannot be read'}, which is not its own`,
      );
    return realm;
  }

  private async token(realm: URL, service: string | undefined, signal: AbortSignal): Promise<string> {
    if (service !== undefined) realm.searchParams.set('service', service);
    realm.searchParams.set('scope', `repository:${this.name}:pull`);
    const host = new URL(this.origin).host;
    const account = this.access.accountOf(host);
    const headers = { accept: 'application/json', ...(account && { authorization: basic(account.user, account.password) }) };
    const answer = await ask(this.access.dispatcher, realm, headers, signal);
    if (answer.statusCode !== 200) {
      await answer.body.dump({ limit: mostBytes });
      const refused = answer.statusCode >= 400 && answer.statusCode < 500 && ![408, 429].includes(answer.statusCode);
      throw new RegistryFailed(
        refused ? 'unauthorized' : 'away',
        `${realm.host} gave no token for ${this.name} (${answer.statusCode})${account ? '' : '; no account is configured for it'}`,
      );
    }
    return tokenIn(await boundedBody(answer, mostBytes, realm.host), realm.host);
  }
}

function tokenIn(body: Buffer, host: string): string {
  try {
    const { token, access_token: other } = JSON.parse(body.toString('utf8')) as Readonly<Record<string, unknown>>;
    const found = token ?? other;
    if (typeof found === 'string' && /^[\w.~+/=-]+$/.test(found)) return found;
  } catch {
    // Said below.
  }
  throw new RegistryFailed('unauthorized', `${host} answered with something that is no token`);
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
