import type { Dispatcher } from 'undici';
import { RegistryFailed } from './registry-failed.ts';

/** Throws `RegistryFailed` for every answer but 200. */
export async function refuseUnlessFound(answer: Dispatcher.ResponseData, what: string, host: string): Promise<void> {
  const { statusCode: status } = answer;
  if (status === 200) return;
  await answer.body.dump({ limit: 65_536 });
  if (status === 401 || status === 403) throw new RegistryFailed('unauthorized', `${host} does not let ${what} be read (${status})`);
  if (status === 404) throw new RegistryFailed('not_found', `${host} has no ${what}`);
  const passing = status >= 500 || status === 408 || status === 429;
  throw new RegistryFailed(passing ? 'away' : 'refused', `${host} answered ${status} for ${what}`);
}
