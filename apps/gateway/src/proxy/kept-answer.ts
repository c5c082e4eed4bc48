import type { KeptAnswer } from './idempotency.ts';

const keptHeaders = ['content-type', 'location', 'etag'];
const secretName = /^(?:secret|token|password|credential|privateKey)$/i;

/** What is kept of an answer: never a secret, only bodies that are JSON, nothing of a refusal, which had no effect. */
export function keptAnswer(
  status: number,
  headers: Readonly<Record<string, unknown>>,
  body: Buffer | undefined,
  secrets: readonly string[] = [],
): KeptAnswer | undefined {
  if (status >= 400) return undefined;
  const kept = Object.fromEntries(keptHeaders.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])));
  const json = /^application\/(?:[\w.+-]+\+)?json/i.test(kept['content-type'] ?? '');
  return { status, headers: kept, body: body && json ? withoutSecrets(body, secrets) : undefined };
}

function withoutSecrets(body: Buffer, secrets: readonly string[]): Buffer | undefined {
  try {
    return Buffer.from(JSON.stringify(strip(JSON.parse(body.toString('utf8')), new Set(secrets))));
  } catch {
    return undefined;
  }
}

function strip(value: unknown, secrets: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => strip(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => (secrets.has(name) || secretName.test(name) ? [] : [[name, strip(item, secrets)]])),
  );
}
