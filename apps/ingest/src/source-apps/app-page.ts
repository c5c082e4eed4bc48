/** The page from which a person makes an App: one button, no script; it can send its form to the host and nowhere else. */
export function appPage(creationUrl: string, manifest: string): string {
  const { name, default_permissions: permissions } = JSON.parse(manifest) as { name: string; default_permissions: Record<string, string> };
  const host = new URL(creationUrl).host;
  const asked = Object.entries(permissions).map(([what, how]) => `<li>${escaped(what.replaceAll('_', ' '))}: ${escaped(how)}</li>`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Make an App</title><style>:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}main{max-width:40rem;margin:2rem auto;padding:1rem}
button{font:inherit;padding:.5rem 1rem}</style></head><body><main><h1>Make the App ${escaped(name)} at ${escaped(host)}</h1>
<p>It may do this, at the repositories where you install it, and nothing else:</p><ul>${asked.join('')}</ul>
<form action="${escaped(creationUrl)}" method="post"><input type="hidden" name="manifest" value="${escaped(manifest)}">
<button type="submit">Go on to ${escaped(host)}</button></form></main></body></html>`;
}

export function appPageSecurity(creationUrl: string): string {
  return `default-src 'none'; style-src 'unsafe-inline'; form-action ${new URL(creationUrl).origin}; base-uri 'none'; frame-ancestors 'none'`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char]!);
}
