import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenApi } from '@throughline/service';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { publicInterface } from './interface.ts';

/** A program against the generated types: what compiles here compiles for others. */
const client = `
import type { components, operations, paths } from './sdk';

export const finding = async (id: string): Promise<components['schemas']['FindingDetail']> => {
  const answer = await fetch('/api/v1/findings/' + id);
  if (answer.ok) return (await answer.json()) as paths['/api/v1/findings/{id}']['get']['responses'][200]['content']['application/json'];
  const problem = (await answer.json()) as components['schemas']['Problem'];
  throw new Error(problem.status + ' ' + problem.detail + ' ' + (problem.errors ?? []).map(({ pointer }) => pointer).join());
};
export const made: operations['gateway.people.make']['requestBody']['content']['application/json'] = { name: 'Ada', role: 'viewer' };
// @ts-expect-error a role that there is not
export const refused: components['schemas']['NewPerson'] = { name: 'Ada', role: 'root' };
`;

let document: OpenApi;

beforeAll(async () => {
  document = await publicInterface();
}, 120_000);

const operations = () =>
  Object.entries(document.paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, path, method, operation })),
  );

describe('the interface description', () => {
  it('passes a linter that others use', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      // Where a fixed segment and a parameter could both stand, the fixed one goes first.
      rules: { 'no-ambiguous-paths': 'off', 'no-path-trailing-slash': 'error', 'operation-operationId-unique': 'error' },
    });

    const faults = await lintFromString({ source: JSON.stringify(document), absoluteRef: '/openapi.json', config });

    expect(faults.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`)).toEqual([]);
  }, 60_000);

  it('says of every operation what it does, what it answers, and how it refuses', () => {
    const silent = operations().filter(({ operation: { summary, operationId, tags, responses } }) => {
      const answers = Object.keys(responses).some((status) => /^(?:2|303)/.test(status));
      return !summary || !operationId || tags.length !== 1 || !answers || !JSON.stringify(responses).includes('/responses/TooManyRequests');
    });

    expect(operations().length).toBeGreaterThan(120);
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('gives a shape to every answer of reading', () => {
    const shapeless = operations().filter(({ method, operation }) => {
      const answer = operation.responses['200'] as { content?: Record<string, { schema?: object }> } | undefined;
      const content = Object.entries(answer?.content ?? {});
      // One that only leads on has no content.
      if (operation.responses['303']) return false;
      return (
        method === 'get' && (content.length === 0 || content.some(([type, { schema }]) => /^application\/json$/.test(type) && !schema))
      );
    });

    expect(shapeless.map(({ name }) => name)).toEqual([]);
  });

  it('makes an SDK that compiles', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'throughline-sdk-'));
    try {
      writeFileSync(join(folder, 'sdk.ts'), astToString(await openapiTS(JSON.stringify(document))));
      writeFileSync(join(folder, 'client.ts'), client);
      const options: ts.CompilerOptions = {
        strict: true,
        noEmit: true,
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        target: ts.ScriptTarget.ES2022,
        lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
        types: [],
      };

      const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([join(folder, 'client.ts')], options));

      expect(diagnostics.map(({ messageText, file }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)).toEqual(
        [],
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);
});
