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
