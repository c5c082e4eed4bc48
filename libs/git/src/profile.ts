import { dirname } from 'node:path';
import type { HostOutages } from './host-outages.ts';

/** How a repository is reached. */
export interface Origin {
  /** Address without credentials. */
  readonly url: string;
  /** Value of the `authorization` header; it is bound to the origin of the address. */
  readonly authorization?: string;
  /** Proxy that dials for git, with its password in the address: it checks where a connection leads. */
  readonly proxy?: string;
  /** What is known of hosts that could not be reached; without it each call tries anew. */
  readonly outages?: HostOutages;
}

/** An address that is never fetched. */
export class OriginRefused extends Error {
  readonly code = 'origin_refused';
}

const schemes = ['https', 'http', 'file'];

/** Flaws of old histories that harm nobody; everything else that git finds wrong with an object stops the fetch. */
const harmless = ['zeroPaddedFilemode', 'missingSpaceBeforeDate', 'missingEmail', 'badTimezone', 'badFilemode', 'missingNameBeforeEmail'];

/** Settings that hold for every git process: no hooks, filters, links, submodules, redirects, helpers or background work. */
const always: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.symlinks', 'false'],
  ['core.fsmonitor', 'false'],
  ['core.askPass', ''],
  ['safe.bareRepository', 'explicit'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['fetch.fsckObjects', 'true'],
  ['transfer.fsckObjects', 'true'],
  ...harmless.map((flaw) => [`fetch.fsck.${flaw}`, 'ignore'] as const),
  ['fetch.unpackLimit', '1'],
  ['fetch.writeCommitGraph', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['credential.helper', ''],
  ['http.followRedirects', 'false'],
  ['http.lowSpeedLimit', '1000'],
  ['http.lowSpeedTime', '60'],
  ['protocol.allow', 'never'],
  ['protocol.version', '2'],
  ['pack.threads', '1'],
];

/** What a git process may know of this machine. */
export interface GitHome {
  /** An empty folder. */
  readonly empty: string;
}

/** The scheme of an address; throws `OriginRefused` for one that is not allowed or carries credentials. */
export function schemeOf(url: string): string {
  const parsed = URL.parse(url);
  const scheme = parsed?.protocol.slice(0, -1);
  if (!parsed || scheme === undefined || !schemes.includes(scheme)) {
    throw new OriginRefused(`repositories are fetched over ${schemes.join(', ')} only`);
  }
  if (parsed.username !== '' || parsed.password !== '') throw new OriginRefused('the address of a repository must not carry credentials');
  if (scheme === 'file' && parsed.hostname !== '' && parsed.hostname !== 'localhost') throw new OriginRefused('a file address has no host');
  return scheme;
}

/**
 * The environment of a git process. Without an origin it can reach nothing; with one, the one scheme of its address.
 * `trust` names a file with git settings: it says that a repository of another user on this machine may be read.
 */
export function gitEnvironment(home: GitHome, origin?: Origin, trust = '/dev/null'): Record<string, string> {
  const settings = [...always];
  if (origin) settings.push(...forOrigin(origin));
  const environment: Record<string, string> = {
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
    HOME: home.empty,
    LC_ALL: 'C',
    // No repository around the empty folder is looked for: its settings would hold.
    GIT_CEILING_DIRECTORIES: dirname(home.empty),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: trust,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: origin ? schemeOf(origin.url) : 'none',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_CONFIG_COUNT: String(settings.length),
  };
  settings.forEach(([key, value], index) => {
    environment[`GIT_CONFIG_KEY_${index}`] = key;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return environment;
}

/** The credential goes by the environment, never by arguments, and only to its own origin. */
function forOrigin({ url, authorization, proxy }: Origin): [string, string][] {
  const settings: [string, string][] = [[`protocol.${schemeOf(url)}.allow`, 'always']];
  if (authorization !== undefined) settings.push([`http.${new URL(url).origin}/.extraHeader`, `Authorization: ${authorization}`]);
  if (proxy !== undefined) settings.push(['http.proxy', proxy], ['http.proxyAuthMethod', 'basic']);
  return settings;
}
