import type { OpenApi, Operation } from '@throughline/service';

/** The interface as one page: no script, nothing from elsewhere. */
export function docsPage(document: OpenApi): string {
  const byService = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const service = operation.tags[0] ?? '';
      byService.set(service, [...(byService.get(service) ?? []), operationHtml(method, path, operation)]);
    }
  }
  const sections = [...byService].map(([service, items]) => `<h2>${escaped(service)}</h2>${items.join('')}`).join('');
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => details(`schema-${name}`, escaped(name), schema));
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Throughline API</title><link rel="stylesheet" href="/api/docs.css"></head><body><main><h1>Throughline API</h1>
<p>OpenAPI 3.1: <a href="/api/openapi.json">/api/openapi.json</a>. Send <code>Authorization: Bearer &lt;token&gt;</code>.</p>
${sections}<h2>Schemas</h2>${schemas.join('')}</main></body></html>`;
}

/** Its only style sheet. */
export const docsStyle = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}main{max-width:60rem;margin:0 auto;padding:1rem}
details{border:1px solid #8884;border-radius:6px;margin:.4rem 0;padding:.4rem .7rem}summary{cursor:pointer}summary code{font-weight:600}
pre{overflow:auto;background:#8881;padding:.6rem;border-radius:6px}.right{float:right;opacity:.7}`;

function operationHtml(method: string, path: string, operation: Operation): string {
  const right = operation['x-throughline-right'] ?? (operation.security?.length === 0 ? 'anybody' : 'signed in');
  const title = `<code>${escaped(method.toUpperCase())} ${escaped(path)}</code> ${escaped(operation.summary ?? '')} <span class="right">${escaped(right)}</span>`;
  const { parameters, requestBody, responses } = operation;
  return details(operation.operationId, title, { parameters, requestBody, responses });
}

function details(id: string, title: string, content: unknown): string {
  return `<details id="${escaped(id)}"><summary>${title}</summary><pre>${escaped(JSON.stringify(content, null, 2))}</pre></details>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
