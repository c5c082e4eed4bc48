import type { OpenApi } from '@throughline/service';
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Api } from './api.ts';
import type { Outcome } from './access-matrix.ts';

type Json = Readonly<Record<string, unknown>>;

/** Holds answers against the interface description: status, media type, every field. */
export class Contract {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });

  private constructor(private readonly document: OpenApi) {
    addFormats.default(this.ajv);
    this.ajv.addSchema(closed(document) as object, 'api');
  }

  static async of(api: Api): Promise<Contract> {
    const response = await fetch(`${api.server}/api/openapi.json`, { signal: AbortSignal.timeout(30_000) });
    return new Contract((await response.json()) as OpenApi);
  }

  /** What an answer has that the description does not say, and the other way round. */
  faultsOf({ method, path, url, status, type, body }: Outcome): string[] {
    const place = `paths/${pointer(path)}/${method.toLowerCase()}/responses`;
    const responses = this.document.paths[path]![method.toLowerCase()]!.responses;
    const name = `${method} ${url} ${status}`;
    if (!(status in responses)) return [`${name} is not described`];
    const response = resolved(this.document, responses[status]!) as { content?: Json };
    if (!response.content) return body === '' ? [] : [`${name} has a body that is not described`];
    const media = type.split(';', 1)[0]!;
    if (!(media in response.content)) return [`${name} is ${media}, described is ${Object.keys(response.content).join(', ')}`];
    if (!/json$/.test(media)) return [];
    const base = '$ref' in responses[status]! ? `${String(responses[status].$ref).slice(2)}` : `${place}/${status}`;
    const validate = this.ajv.compile({ $ref: `api#/${base}/content/${pointer(media)}/schema` });
    if (validate(JSON.parse(body))) return [];
    return (validate.errors ?? []).map((error) => `${name} ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
  }
}

/** A copy in which no object has fields beyond those that are told: a field that is answered is a field that is described. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, closed(child)]));
  const isOpenObject = copy['type'] === 'object' && 'properties' in copy && !('additionalProperties' in copy);
  return isOpenObject ? { ...copy, additionalProperties: false } : copy;
}

function resolved(document: OpenApi, value: object): unknown {
  if (!('$ref' in value)) return value;
  const segments = String(value.$ref).slice(2).split('/');
  return segments.reduce<unknown>((at, segment) => (at as Json)[segment], document);
}

function pointer(text: string): string {
  return text.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
}
