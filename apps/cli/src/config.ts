import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { Refused } from './exit.ts';

const root = resolve(fileURLToPath(import.meta.url), '../../../..');

/** Where the platform answers, and as whom: with a token, or as the CI job in which the program runs. */
export interface Connection {
  readonly server: string;
  readonly token: string | CiIdentity;
}

/** What the build system of a CI job gives it to say who it is. */
export interface CiIdentity {
  /** Whom its tokens are for. */
  readonly audience: string;
  /** The token itself (GitLab), or where one is asked for, and with what (GitHub). */
  readonly from: { readonly idToken: string } | { readonly url: string; readonly secret: string };
  /** Folder of the user, never of the work tree, for what later commands of the job need. */
  readonly cache: string;
}

export interface ConnectionFlags {
  readonly server?: string;
  readonly tokenFile?: string;
}

/**
 * Folder of the local installation. It comes from the environment or from where this program lies, never from the current
 * folder: a repository under judgement must not say which server gets the token.
 */
export function installationHome(): string {
  return process.env['THROUGHLINE_HOME'] ?? join(root, '.throughline');
}

/**
 * Reads server and token from flags, else THROUGHLINE_URL and THROUGHLINE_TOKEN, else the local installation. For a server that was
 * named and no token, a CI job says itself who it is.
 */
export function readConnection(flags: ConnectionFlags): Connection {
  const named = (flags.server ?? process.env['THROUGHLINE_URL']) || undefined;
  const server = named ?? localServer();
  const given = flags.tokenFile ? read(flags.tokenFile) : process.env['THROUGHLINE_TOKEN'];
  const token = given || (named === undefined ? undefined : ciIdentity(named)) || localToken();
  if (!server || !token) {
    throw new Refused('unreachable', 'no platform to talk to: start one with `npm start`, or set THROUGHLINE_URL and THROUGHLINE_TOKEN');
  }
  return { server: server.replace(/\/+$/, ''), token };
}

/** The index of the commit that git is making, where a hook runs. */
export function indexOfCommit(): string | undefined {
  const given = process.env['GIT_INDEX_FILE'];
  return given === undefined ? undefined : resolve(given);
}

/** What a program that is started later must be told to talk to the same platform; never a token. */
export function ownSurroundings(): Readonly<Record<string, string>> {
  const names = ['THROUGHLINE_HOME', 'THROUGHLINE_URL'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

/** The program that people call, of the installation that this one belongs to. */
export function launcherFile(): string {
  return join(root, 'tools/launcher/throughline.mjs');
}

/** Where programs are looked for; the only thing of the environment that a child process gets. */
export function searchPath(): string {
  return process.env['PATH'] ?? '/usr/bin:/bin';
}

/** True when colours are wanted on the given stream. */
export function wantsColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env['NO_COLOR'] === undefined;
}

/** True inside a CI job, where log lines can carry commands to the runner. */
export function inContinuousIntegration(): boolean {
  return process.env['CI'] !== undefined;
}

function ciIdentity(server: string): CiIdentity | undefined {
  const {
    ACTIONS_ID_TOKEN_REQUEST_URL: url,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret,
    THROUGHLINE_ID_TOKEN: idToken,
    THROUGHLINE_AUDIENCE: named,
    XDG_CACHE_HOME: caches,
  } = process.env;
  const audience = named || (URL.parse(server)?.origin ?? server);
  const cache = join(caches || join(homedir(), '.cache'), 'throughline');
  if (idToken) return { audience, from: { idToken: idToken.trim() }, cache };
  return url && secret ? { audience, from: { url, secret }, cache } : undefined;
}

function localServer(): string | undefined {
  const text = read(join(installationHome(), 'run', 'gateway.env'));
  return text === undefined ? undefined : parseEnv(text)['PUBLIC_URL'];
}

/** Of whoever `throughline admin` made the command line's user; before that, the first administrator's. */
function localToken(): string | undefined {
  return read(join(installationHome(), 'cli-token')) ?? read(join(installationHome(), 'admin-token'));
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
