import type { ServiceName } from '@throughline/contracts';
import type { JsonSchema, OpenApi } from '@throughline/service';

const description = `Every list is answered in pages: \`limit\` and \`cursor\`, which is \`next\` of the page before. Filters take several values by
comma, and \`!\` before one that must not be. Every error is \`application/problem+json\`. Answers carry \`RateLimit\` and \`RateLimit-Policy\`.`;

const services: Readonly<Record<ServiceName, string>> = {
  gateway: 'People, tokens, sessions, the live stream, and what operators look at over all services',
  ingest: 'Sources and repositories: what comes in, and what it became',
  'scanner-orchestrator': 'Scans and reports: the evidence of a commit',
  ledger: 'Findings and advisories: what exists, and what is wrong with it',
  chain: 'What happened, and why',
  'policy-engine': 'Policies, gates, decisions, applications',
  remediation: 'Fixes: proposed, approved, applied, verified',
  notifier: 'Alerts, and how they reach people',
};

/** One document of all: classes of the same name that differ get the service's name before theirs. */
export function merged(interfaces: ReadonlyMap<ServiceName, OpenApi>): OpenApi {
  const schemas: Record<string, JsonSchema> = {};
  const paths: Record<string, OpenApi['paths'][string]> = {};
  for (const [service, document] of interfaces) {
    const renamed = clashes(schemas, document.components.schemas, service);
    const own = withNames(document, renamed);
    Object.assign(schemas, own.components.schemas);
    for (const [path, operations] of Object.entries(own.paths)) paths[path] = { ...paths[path], ...operations };
  }
  const responses = Object.assign({}, ...[...interfaces.values()].map(({ components }) => components.responses ?? {})) as object;
  const securitySchemes = {
    token: { type: 'http', scheme: 'bearer', description: 'A token of `POST /api/v1/tokens`.' },
    session: { type: 'apiKey', in: 'cookie', name: 'throughline' },
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Throughline',
      version: '1',
      description,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This installation' }],
    tags: [...interfaces.keys()].map((name) => ({ name, description: services[name] })),
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => a.localeCompare(b))),
    components: { schemas, responses: responses as Record<string, object>, securitySchemes },
    security: [{ token: [] }, { session: [] }],
  };
}

function clashes(
  taken: Readonly<Record<string, JsonSchema>>,
  own: Readonly<Record<string, JsonSchema>>,
  service: ServiceName,
): Map<string, string> {
  const prefix = service
    .split('-')
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('');
  const differing = Object.keys(own).filter((name) => taken[name] && JSON.stringify(taken[name]) !== JSON.stringify(own[name]));
  return new Map(differing.map((name) => [name, `${prefix}${name}`]));
}

function withNames(document: OpenApi, renamed: ReadonlyMap<string, string>): OpenApi {
  if (renamed.size === 0) return document;
  const text = JSON.stringify(document).replaceAll(/"#\/components\/schemas\/(\w+)"/g, (whole, name: string) => {
    const other = renamed.get(name);
    return other ? `"#/components/schemas/${other}"` : whole;
  });
  const copy = JSON.parse(text) as OpenApi;
  const schemas = Object.fromEntries(Object.entries(copy.components.schemas).map(([name, schema]) => [renamed.get(name) ?? name, schema]));
  return { ...copy, components: { ...copy.components, schemas } };
}
