import { ScmCallFailed, type OpenChangeRequest } from './client.ts';
import { at, listOf, positive } from './payload.ts';

/** Reads `number` and address out of an answer, under the provider's names for them. */
export function openedAs(json: unknown, [number, url]: readonly [string, string]): OpenChangeRequest {
  const [found, address] = [positive(at(json, number)), at(json, url)];
  if (found === undefined || typeof address !== 'string' || address.length > 2048)
    throw new ScmCallFailed('the provider answered no change request', false);
  if (!/^https?:\/\//.test(address)) throw new ScmCallFailed('the provider answered a change request without an address', false);
  return { number: found, url: address };
}

/** The first of a list that an answer is; undefined for an empty one. */
export function firstOf(json: unknown): unknown {
  return listOf(json)[0];
}
