import { describe, expect, it } from '@jest/globals';
import type { ServiceName } from '@throughline/contracts';
import type { OpenApi } from '@throughline/service';
import { docsPage } from './docs-page.ts';
import { merged } from './merged-interface.ts';

function described(path: string, schema: string, properties: object): OpenApi {
  const answer = { description: 'x', content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } } };
  const operation = { operationId: `x.${path}`, tags: ['t'], summary: '<script>alert(1)</script>', responses: { 200: answer } };
  return {
    openapi: '3.1.0',
    info: { title: 't', version: '1' },
    paths: { [path]: { get: operation } },
    components: { schemas: { [schema]: { type: 'object', properties } }, securitySchemes: {} },
    security: [],
  } as unknown as OpenApi;
}

const both = (first: OpenApi, second: OpenApi): OpenApi =>
  merged(
    new Map<ServiceName, OpenApi>([
      ['ledger', first],
      ['policy-engine', second],
    ]),
  );

describe('the merged interface', () => {
  it('has the paths of all, and one schema where they mean the same', () => {
    const document = both(described('/b', 'Thing', { a: {} }), described('/a', 'Thing', { a: {} }));

    expect(Object.keys(document.paths)).toEqual(['/a', '/b']);
    expect(Object.keys(document.components.schemas)).toEqual(['Thing']);
  });

  it('renames a schema of the same name that differs, where it is meant', () => {
    const document = both(described('/b', 'Thing', { a: {} }), described('/a', 'Thing', { b: {} }));

    expect(Object.keys(document.components.schemas)).toEqual(['Thing', 'PolicyEngineThing']);
    expect(JSON.stringify(document.paths['/a'])).toContain('#/components/schemas/PolicyEngineThing"');
    expect(JSON.stringify(document.paths['/b'])).toContain('#/components/schemas/Thing"');
  });

  it('is shown without letting anything in it act', () => {
    const page = docsPage(both(described('/b', 'Thing', {}), described('/a', 'Thing', {})));

    expect(page).toContain('GET /b');
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(1)');
  });

  it('is shown with nothing from elsewhere, and every class as a link to its fields', () => {
    const page = docsPage(both(described('/b', 'Thing', { a: { type: 'string', maxLength: 5 } }), described('/a', 'Thing', {})));

    expect([...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, to]) => to!).filter((to) => !/^[#/](?!\/)/.test(to))).toEqual([]);
    expect(page).toContain('<a href="#schema-Thing">Thing</a>');
    expect(page).toContain('string, maxLength 5');
  });
});
