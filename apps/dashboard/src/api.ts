/** A refused call, with the words of the problem document (RFC 9457). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly traceId?: string,
  ) {
    super(message);
  }
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly total?: number;
}

export interface Me {
  readonly name: string;
  readonly rights: readonly string[];
}

export interface ChainSummary {
  readonly id: string;
  readonly repository: string;
  readonly commit: string;
  readonly title?: string;
  readonly time: string;
  readonly status?: string;
  readonly application?: string;
}

export interface ChainNode {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly title?: string;
  readonly service?: string;
  readonly time: string | null;
  readonly status: string;
  readonly traceId?: string | null;
  readonly gap?: string | null;
  readonly summary?: Readonly<Record<string, unknown>>;
}

export interface ChainEdge {
  readonly cause: string;
  readonly effect: string;
  readonly evidence: string;
  readonly assurance: string;
}

export interface Chain extends ChainSummary {
  readonly nodes: readonly ChainNode[];
  readonly edges: readonly ChainEdge[];
}

export interface Finding {
  readonly id: string;
  readonly class: string;
  readonly rule: string;
  readonly title: string;
  readonly severity: string;
  readonly detection: string;
  readonly triage: string;
  readonly risk?: { readonly score: number; readonly priority: string; readonly due?: string | null };
  readonly component?: { readonly purl: string; readonly version: string; readonly fixedIn?: string };
  readonly location?: { readonly path: string; readonly line?: number };
  readonly attributions: readonly { readonly tool: string }[];
  readonly repository: string;
  readonly application: string;
  readonly cve?: string;
  readonly kev?: boolean | null;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

export interface OutboxMessage {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly time: string;
  readonly alert?: string;
  readonly revision?: number;
  readonly slack?: { readonly text: string; readonly blocks: readonly SlackBlock[] };
  readonly email?: { readonly to?: string; readonly subject: string; readonly text: string; readonly html: string };
}

export interface SlackBlock {
  readonly type: string;
  readonly text?: { readonly type: string; readonly text: string };
  readonly elements?: readonly { readonly type?: string; readonly text?: string | { readonly text: string } }[];
  readonly fields?: readonly { readonly text: string }[];
}

export interface Scanner {
  readonly name: string;
  readonly version?: string | null;
  readonly state: string;
  readonly reason?: string | null;
  readonly sandbox?: string | null;
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly traceId?: string;
}

const timeoutMs = 20_000;

/** Calls the API with the session's cookie; throws `ApiError`. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/api/v1/${path}`, {
    method,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
  const problem = parseProblem(text);
  throw new ApiError(response.status, problem.detail ?? problem.title ?? `the platform answered ${response.status}`, problem.traceId);
}

export const get = <T>(path: string): Promise<T> => call<T>('GET', path);

function parseProblem(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {};
  }
}
