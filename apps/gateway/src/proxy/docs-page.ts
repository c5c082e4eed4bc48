import type { JsonSchema, OpenApi, Operation } from '@throughline/service';

type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: JsonSchema;
}

/** The interface as one page: no script, nothing from elsewhere. */
export function docsPage(document: OpenApi): string {
  const byService = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const service = operation.tags[0] ?? '';
      byService.set(service, [...(byService.get(service) ?? []), operationHtml(method, path, operation)]);
    }
  }
  const about = new Map((document.tags ?? []).map(({ name, description }) => [name, description]));
  const sections = [...byService].map(
    ([service, items]) =>
      `<h2 id="${escaped(service)}">${escaped(service)}</h2><p>${escaped(about.get(service) ?? '')}</p>${items.join('')}`,
  );
  const contents = [...byService.keys()].map((service) => `<a href="#${escaped(service)}">${escaped(service)}</a>`);
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) =>
    details(`schema-${name}`, `<code>${escaped(name)}</code>`, schemaHtml(schema)),
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Throughline API</title><link rel="stylesheet" href="/api/docs.css"></head><body><main><h1>Throughline API</h1>
<p>${escaped(document.info.description ?? '')}</p>
<p>OpenAPI 3.1: <a href="/api/openapi.json">/api/openapi.json</a>. Send <code>Authorization: Bearer &lt;token&gt;</code>.</p>
<nav>${contents.join(' · ')} · <a href="#schemas">schemas</a></nav>
${sections.join('')}<h2 id="schemas">Schemas</h2>${schemas.join('')}</main></body></html>`;
}

/** Its only style sheet. */
export const docsStyle = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}main{max-width:64rem;margin:0 auto;padding:1rem}
details{border:1px solid #8884;border-radius:6px;margin:.4rem 0;padding:.4rem .7rem}summary{cursor:pointer}summary code{font-weight:600}
table{border-collapse:collapse;width:100%;margin:.5rem 0}td,th{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;border-bottom:1px solid #8883}
h3{margin:.6rem 0 0;font-size:1em}.right{float:right;opacity:.7}:target{outline:2px solid #4a8;outline-offset:2px}`;

function operationHtml(method: string, path: string, operation: Operation): string {
  const right = operation['x-throughline-right'] ?? (operation.security?.length === 0 ? 'anybody' : 'signed in');
  const title = `<code>${escaped(method.toUpperCase())} ${escaped(path)}</code> ${escaped(operation.summary ?? '')} <span class="right">${escaped(right)}</span>`;
  const parameters = (operation.parameters ?? []) as readonly Parameter[];
  const rows = parameters.map(({ name, in: place, required, description, schema }) => [
    `<code>${escaped(name)}</code>${required ? ' *' : ''}`,
    escaped(place),
    typeHtml(schema),
    escaped(description ?? ''),
  ]);
  const body = (operation.requestBody as { content?: Content } | undefined)?.content;
  const responses = Object.entries(operation.responses).map(([status, response]) => responseRow(status, response));
  return details(
    operation.operationId,
    title,
    `${rows.length > 0 ? `<h3>Parameters</h3>${table(rows)}` : ''}${body ? `<h3>Body</h3><p>${contentHtml(body)}</p>` : ''}<h3>Answers</h3>${table(responses)}`,
  );
}

function responseRow(status: string, response: object): string[] {
  const { $ref, description, content } = response as { $ref?: string; description?: string; content?: Content };
  if ($ref !== undefined) return [escaped(status), escaped($ref.split('/').at(-1)!), '<a href="#schema-Problem">Problem</a>'];
  return [escaped(status), escaped(description ?? ''), content ? contentHtml(content) : ''];
}

function contentHtml(content: Content): string {
  return Object.entries(content)
    .map(([media, { schema }]) => `${escaped(media)} ${typeHtml(schema)}`)
    .join('<br>');
}

function schemaHtml(schema: JsonSchema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, property]) => [
    `<code>${escaped(name)}</code>${schema.required?.includes(name) ? ' *' : ''}`,
    typeHtml(property),
  ]);
  return rows.length > 0 ? table(rows) : `<p>${typeHtml(schema)}</p>`;
}

/** A type in few words; a class is a link to its fields. */
function typeHtml(schema: JsonSchema | undefined): string {
  if (!schema) return '';
  const { $ref, anyOf, items, type, properties, ...bounds } = schema as JsonSchema & {
    readonly $ref?: string;
    readonly anyOf?: readonly JsonSchema[];
    readonly items?: JsonSchema;
    readonly type?: unknown;
  };
  if ($ref !== undefined) {
    const name = escaped($ref.split('/').at(-1)!);
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (anyOf) return anyOf.map(typeHtml).join(' or ');
  if (items) return `list of ${typeHtml(items)}`;
  if (properties?.['items']) return `page: ${typeHtml(properties['items'])}`;
  const words = (bounds['enum'] as readonly unknown[] | undefined)?.map(String).join(' | ');
  const limits = Object.entries(bounds).flatMap(([key, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value) ? [`${key} ${JSON.stringify(value)}`] : [],
  );
  return escaped([words ?? typesOf(type), ...limits].join(', '));
}

function table(rows: readonly (readonly string[])[]): string {
  return `<table>${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</table>`;
}

function details(id: string, title: string, content: string): string {
  return `<details id="${escaped(id)}"><summary>${title}</summary>${content}</details>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** One type, or several of which a value has one. */
function typesOf(type: unknown): string {
  const names = [type].flat().filter((name) => typeof name === 'string');
  return names.length === 0 ? 'any' : names.join(' or ');
}
