import { describe, expect, it } from '@jest/globals';
import type { ServiceName } from '@throughline/contracts';
import type { OpenApi, Operation } from '@throughline/service';
import { RouteTable } from './route-table.ts';

const operation = (fields: Partial<Operation> = {}): Operation => ({ operationId: 'x', tags: [], responses: {}, ...fields });

function table(routes: Partial<Record<ServiceName, Record<string, Record<string, Operation>>>>): RouteTable {
  return RouteTable.of(new Map(Object.entries(routes).map(([name, paths]) => [name as ServiceName, { paths } as unknown as OpenApi])));
}

const routes = table({
  ledger: {
    '/api/v1/findings': { get: operation() },
    '/api/v1/findings/{id}': { get: operation(), patch: operation() },
    '/api/v1/findings/{id}/risk': { get: operation() },
    '/api/v1/findings/bulk': { post: operation() },
  },
  chain: { '/api/v1/commits/{sha}/chain': { get: operation() } },
  ingest: { '/hooks/{source}': { post: operation({ security: [], 'x-throughline-secrets': ['secret'] }) } },
});

describe('the route table', () => {
  it.each([
    ['GET', '/api/v1/findings', 'ledger', '/api/v1/findings'],
    ['GET', '/api/v1/findings/', 'ledger', '/api/v1/findings'],
    ['HEAD', '/api/v1/findings', 'ledger', '/api/v1/findings'],
    ['PATCH', '/api/v1/findings/7', 'ledger', '/api/v1/findings/{id}'],
    ['GET', '/api/v1/findings/pkg%3Anpm%2Fa/risk', 'ledger', '/api/v1/findings/{id}/risk'],
    ['POST', '/api/v1/findings/bulk', 'ledger', '/api/v1/findings/bulk'],
    ['GET', '/api/v1/commits/abc/chain', 'chain', '/api/v1/commits/{sha}/chain'],
  ])('leads %s %s to %s', (method, path, service, template) => {
    expect(routes.match(method, path)).toEqual({ route: expect.objectContaining({ service, path: template, open: false }) });
  });

  it('knows what strangers may call, and which fields are shown once', () => {
    expect(routes.match('POST', '/hooks/abc')).toEqual({ route: expect.objectContaining({ open: true, secrets: ['secret'] }) });
  });

  it('goes back to a parameter when a fixed segment leads nowhere', () => {
    const both = table({ ledger: { '/a/{x}/c': { get: operation() }, '/a/b/d': { get: operation() } } });

    expect(both.match('GET', '/a/b/c')).toEqual({ route: expect.objectContaining({ path: '/a/{x}/c' }) });
  });

  it('tells which methods a path has', () => {
    expect(routes.match('DELETE', '/api/v1/findings/7')).toEqual({ allowed: ['GET', 'PATCH'] });
  });

  it.each(['/', '/api', '/api/v1', '/api/v1/findings/7/8', '/api/v1/commits/abc', '/internal/evidence'])(
    'leads nowhere from %s',
    (path) => {
      expect(routes.match('GET', path)).toBeUndefined();
    },
  );

  it('keeps what the first of two services declares, and tells of the second', () => {
    const both = table({ ledger: { '/api/v1/x/{a}': { get: operation() } }, chain: { '/api/v1/x/{b}': { get: operation() } } });

    expect(both.conflicts).toEqual(['GET /api/v1/x/{b} is declared by ledger and by chain']);
    expect(both.match('GET', '/api/v1/x/1')).toEqual({ route: expect.objectContaining({ service: 'ledger' }) });
  });
});
