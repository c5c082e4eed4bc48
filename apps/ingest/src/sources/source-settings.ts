import type { SourceSettings } from '@throughline/contracts';
import type { ScmProvider } from '@throughline/scm';
import { Problem, type Fault } from '@throughline/service';

/** The addresses of a source, as stored. */
export interface SourceAddresses {
  readonly baseUrl?: string;
  readonly apiUrl?: string;
  readonly cloneUrl?: string;
}

/** What becomes of a stored credential. */
export type ChangedToken = { readonly set: string } | 'keep' | 'drop';

/** Settings after a change: the addresses, and what becomes of the tokens. */
export interface ChangedSettings {
  readonly addresses: SourceAddresses;
  readonly token: ChangedToken;
  readonly writeToken: ChangedToken;
  /** One of the origins is another: what was stored for the former ones ends. */
  readonly moved: boolean;
}

const placeholders = /\{(?:fullName|owner|name)\}/g;

/**
 * The settings that follow from the stored ones and a change: absent stays, empty text removes. A token without an address is
 * for the provider's public site, where it has one. Stored tokens end when an origin that they could be sent to changes, unless
 * the change brings new ones. Throws `Problem` 422.
 */
export function changeSettings(provider: ScmProvider, stored: SourceAddresses, change: SourceSettings): ChangedSettings {
  const addresses = {
    ...((change.token ?? change.writeToken) === undefined ? {} : picked('baseUrl', undefined, provider.publicUrl)),
    ...picked('baseUrl', change.baseUrl, stored.baseUrl),
    ...picked('apiUrl', change.apiUrl, stored.apiUrl),
    ...picked('cloneUrl', change.cloneUrl, stored.cloneUrl),
  };
  const faults = faultsOf(addresses);
  if ((change.token ?? change.writeToken) !== undefined && (addresses.baseUrl ?? provider.baseUrl) === undefined) {
    faults.push({ pointer: '/settings/baseUrl', detail: 'a token needs the address that it is for' });
  }
  if (faults.length > 0) throw new Problem(422, 'settings_refused', 'the settings of the source cannot be used', faults);
  const same = originsOf(provider, stored).join() === originsOf(provider, addresses).join();
  const after = (given: string | undefined): ChangedToken => (given === undefined ? (same ? 'keep' : 'drop') : { set: given });
  return { addresses, token: after(change.token), writeToken: after(change.writeToken), moved: !same };
}

/** Throws `Problem` 422 where webhooks cannot be kept: not every host lets them, and without a token none does. */
export function refuseHooks(provider: ScmProvider, hasToken: boolean): void {
  const detail = !provider.hooks
    ? `the webhooks of ${provider.title} are set up by hand`
    : hasToken
      ? undefined
      : 'needs a token that may manage webhooks';
  if (detail !== undefined) throw new Problem(422, 'settings_refused', 'webhooks cannot be kept', [{ pointer: '/settings/hooks', detail }]);
}

/** Where the API of the source is. */
export function apiUrlOf(provider: ScmProvider, settings: SourceAddresses, baseUrl: string): string {
  return settings.apiUrl ?? provider.apiUrl(baseUrl);
}

/** Where to clone a repository of the source from. */
export function cloneUrlOf(provider: ScmProvider, settings: SourceAddresses, place: { baseUrl: string; fullName: string }): string {
  const { baseUrl, fullName } = place;
  if (settings.cloneUrl === undefined) return provider.cloneUrl(baseUrl, fullName);
  const end = fullName.lastIndexOf('/');
  const [owner, name] = [fullName.slice(0, Math.max(end, 0)), fullName.slice(end + 1)];
  const words: Readonly<Record<string, string>> = { '{fullName}': fullName, '{owner}': owner, '{name}': name };
  return settings.cloneUrl.replaceAll(placeholders, (word) => words[word]!);
}

/** Origins that a credential of the source was meant for. */
export function originsOf(provider: ScmProvider, settings: SourceAddresses): readonly string[] {
  const baseUrl = settings.baseUrl ?? provider.baseUrl;
  const apiUrl = baseUrl === undefined ? settings.apiUrl : apiUrlOf(provider, settings, baseUrl);
  return [baseUrl, apiUrl, settings.cloneUrl].map((address) => (address === undefined ? '' : originOf(address)));
}

/** Scheme, host and port of an address. */
export function originOf(address: string): string {
  const url = new URL(address.replaceAll(placeholders, 'x'));
  return url.protocol === 'file:' ? 'file://' : url.origin;
}

function picked(name: keyof SourceAddresses, changed: string | undefined, stored: string | undefined): SourceAddresses {
  const value = changed === undefined ? stored : changed.trim().replace(/\/+$/, '');
  return value === undefined || value === '' ? {} : { [name]: value };
}

function faultsOf(addresses: SourceAddresses): Fault[] {
  const faults: Fault[] = [];
  for (const [name, address] of Object.entries(addresses) as [keyof SourceAddresses, string][]) {
    const fault = name === 'cloneUrl' ? cloneUrlFault(address) : addressFault(address, ['http:', 'https:']);
    if (fault) faults.push({ pointer: `/settings/${name}`, detail: fault });
  }
  return faults;
}

function cloneUrlFault(address: string): string | undefined {
  if (!/\{fullName\}|\{name\}/.test(address)) return 'must say where the name goes: {fullName}, or {owner} and {name}';
  const filled = address.replaceAll(placeholders, 'x');
  if (filled.includes('{') || /^[^/]*\/\/[^/]*\{/.test(address)) return 'takes {fullName}, {owner} and {name} in its path only';
  return addressFault(filled, ['http:', 'https:', 'file:']);
}

function addressFault(address: string, schemes: readonly string[]): string | undefined {
  const url = URL.parse(address);
  if (!url || !schemes.includes(url.protocol)) return `must be an address that begins with ${schemes.join(' or ')}//`;
  if (url.username || url.password) return 'must not contain a credential: put it into token';
  if (url.search || url.hash) return 'must have neither ? nor #';
  return undefined;
}
