import type { ScmCallFailed } from '@throughline/scm';
import { isLoopback } from '@throughline/service';

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
  return isLoopback(hostOf(publicUrl)) && !isLoopback(hostOf(apiUrl));
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}
