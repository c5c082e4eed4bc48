const secretName = /authorization|cookie|password|passwd|secret|token|credential|private|apikey|api_key|\bkek\b|hmac|signature/i;
const maxDepth = 6;
const maxText = 4_000;

const secretValues: readonly (readonly [RegExp, string])[] = [
  [/\btl_[A-Za-z0-9_-]{20,}/g, 'tl_[redacted]'],
  [/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g, '[redacted jwt]'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s:@]*:[^/\s@]*@/gi, '$1[redacted]@'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[redacted private key]'],
  [
    /\b(?:gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abeprs]-[\w-]{10,}|(?:AKIA|ASIA)[A-Z0-9]{16})\b/g,
    '[redacted token]',
  ],
  [/\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 [redacted]'],
];

/** A copy of what is about to be logged, without what looks like a secret by its name or its form, and bounded. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) return '[deep]';
  if (value instanceof Error) return errorFields(value, depth);
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1));
  const plain = 'toJSON' in value && typeof value.toJSON === 'function' ? (value.toJSON as () => object)() : value;
  return Object.fromEntries(
    Object.entries(plain).map(([name, item]) => [name, secretName.test(name) ? '[redacted]' : redact(item, depth + 1)]),
  );
}

const secretFields =
  /("(?:[^"\\]{0,60}(?:password|passwd|secret|token|credential|private_?key|api_?key)[^"\\]{0,60})"\s*:\s*")((?:[^"\\]|\\.)*)(")/gi;

/** A text of any length without what looks like a secret, by its form or by the name of its JSON field. */
export function maskSecrets(text: string): string {
  const clean = secretValues.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
  return clean.replace(secretFields, '$1[redacted]$3');
}

/** Text without tokens, passwords in addresses and authorization values, cut to a length that a log line may have. */
export function redactText(text: string): string {
  let clean = text.length > maxText ? `${text.slice(0, maxText)}…` : text;
  for (const [pattern, replacement] of secretValues) clean = clean.replace(pattern, replacement);
  return clean;
}

function errorFields(error: Error, depth: number): object {
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: redactText(error.message),
    stack: redactText(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  };
}
