import { ScmCallFailed, type OpenChangeRequest } from './client.ts';
import { at } from './payload.ts';

/** Reads `number` and address out of an answer, under the provider's names for them. */
export function openedAs(json: unknown, [number, url]: readonly [string, string]): OpenChangeRequest {
  const [found, address] = [at(json, number), at(json, url)];
  if (typeof found !== 'number' || !Number.isInteger(found) || found < 1 || typeof address !== 'string' || address.length > 2048)
    throw new ScmCallFailed('the provider answered no change request', false);
  if (!/^https?:\/\//.test(address)) throw new ScmCallFailed('the provider answered a change request without an address', false);
  return { number: found, url: address };
}

/** The first of a list that an answer is; undefined for an empty one. */
export function firstOf(json: unknown): unknown {
  return Array.isArray(json) ? (json as unknown[])[0] : undefined;
}
