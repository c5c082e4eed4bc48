import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { Refused } from './exit.ts';

/** Where the platform answers, and as whom. */
export interface Connection {
  readonly server: string;
  readonly token: string;
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
  const root = resolve(fileURLToPath(import.meta.url), '../../../..');
  return process.env['THROUGHLINE_HOME'] ?? join(root, '.throughline');
}

/** Reads server and token from flags, else THROUGHLINE_URL and THROUGHLINE_TOKEN, else the local installation. */
export function readConnection(flags: ConnectionFlags): Connection {
  const server = flags.server ?? process.env['THROUGHLINE_URL'] ?? localServer();
  const token = flags.tokenFile ? read(flags.tokenFile) : (process.env['THROUGHLINE_TOKEN'] ?? localToken());
  if (!server || !token) {
    throw new Refused('unreachable', 'no platform to talk to: start one with `npm start`, or set THROUGHLINE_URL and THROUGHLINE_TOKEN');
  }
  return { server: server.replace(/\/+$/, ''), token };
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
