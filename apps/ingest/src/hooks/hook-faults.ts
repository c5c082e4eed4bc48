import { BlockList, isIP } from 'node:net';
import type { ScmCallFailed } from '@throughline/scm';

const help: Readonly<Record<number, string>> = {
  401: 'the token is not valid any more',
  403: 'the token may not manage webhooks of this repository',
  404: 'there is no such repository, or the token may not manage its webhooks',
  422: 'the host does not take it: is PUBLIC_URL an address that it can reach by HTTPS?',
};

/** What went wrong at the host, in words for the person who owns the token. */
export function faultOf({ message, status }: ScmCallFailed): string {
  const hint = status === undefined ? undefined : help[status];
  return (hint === undefined ? message : `${message}: ${hint}`).slice(0, 500);
}

/** Whether an address of this machine would be given to a host that is not on it. */
export function unreachable(publicUrl: string, apiUrl: string): boolean {
  return isLoopback(new URL(publicUrl).hostname) && !isLoopback(new URL(apiUrl).hostname);
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  return host === 'localhost' || (family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4'));
}
