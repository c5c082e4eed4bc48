import type { TokenMade } from '@throughline/contracts';
import type { Api } from './api.ts';

/** One operation of the interface description. */
export interface Operation {
  readonly method: string;
  readonly path: string;
}

/** What a call was answered. */
export interface Outcome extends Operation {
  readonly url: string;
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];
/** Answers that never end, or end the caller's own way in. */
const leftOut = ['/api/v1/stream', '/api/v1/session'];

/** Every operation that the platform describes, but those of the caller's own session and the endless stream. */
export async function operationsOf(api: Api): Promise<Operation[]> {
  const response = await fetch(`${api.server}/api/openapi.json`, { signal: AbortSignal.timeout(30_000) });
  const { paths } = (await response.json()) as Description;
  return Object.entries(paths)
    .filter(([path]) => path.startsWith('/api/v1/') && !leftOut.includes(path))
    .flatMap(([path, operations]) =>
      methods.filter((method) => method in operations).map((method) => ({ method: method.toUpperCase(), path })),
    );
}

/** Ids of what there is, by the noun of its list: what the administrator can name. */
export async function idsByNoun(api: Api, operations: readonly Operation[]): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const { method, path } of operations) {
    const noun = /^\/api\/v1\/([a-z-]+)$/.exec(path)?.[1];
    if (method !== 'GET' || noun === undefined) continue;
    const answer = await api
      .get<{ readonly items?: readonly { readonly id?: string; readonly name?: string }[] }>(noun)
      .catch(() => undefined);
    const ids = (answer?.items ?? []).flatMap((item) => item.id ?? item.name ?? []);
    if (ids.length > 0) found.set(noun, ids);
  }
  return found;
}

/** A token of a team that owns another application, with every right that a team can have. */
export async function tokenOfAnotherTeam(api: Api): Promise<string> {
  await api.call('POST', 'teams', { name: 'another' });
  await api.call(
    'PUT',
    'applications/another',
    { team: 'another', tier: 'tier-3', dataClass: 'public', exposure: 'internal', repositories: [], owners: [] },
    { 'if-none-match': '*' },
  );
  const made = await api.call<TokenMade>('POST', 'tokens', { name: 'another team', rights: ['*'], team: 'another' });
  return made.secret!;
}

/** Calls an operation on each of the given ids (at most two), or once when its path names none. */
export async function tryOperation(
  server: string,
  token: string,
  operation: Operation,
  ids: ReadonlyMap<string, readonly string[]>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const url of urlsOf(operation.path, ids)) {
    const body = operation.method === 'GET' || operation.method === 'DELETE' ? {} : { body: '{}' };
    const response = await fetch(server + url, {
      method: operation.method,
      headers: { authorization: `Bearer ${token}`, ...('body' in body ? { 'content-type': 'application/json' } : {}) },
      ...body,
      signal: AbortSignal.timeout(30_000),
    });
    outcomes.push({
      ...operation,
      url,
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body: await response.text(),
    });
  }
  return outcomes;
}

function urlsOf(path: string, ids: ReadonlyMap<string, readonly string[]>): string[] {
  const named = /\/([a-z-]+)\/\{[^}]+\}/.exec(path);
  if (!named) return path.includes('{') ? [] : [path];
  const candidates = ids.get(named[1]!) ?? ['00000000-0000-7000-8000-000000000000'];
  return candidates.slice(0, 2).map((id) => path.replace(/\{[^}]+\}/g, encodeURIComponent(id)));
}
