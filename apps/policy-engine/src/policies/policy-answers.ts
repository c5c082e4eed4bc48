import { make, PolicyDetail, type PolicySummary } from '@throughline/contracts';
import { entityTag, Problem, type ServiceRequest } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import type { PolicyRow } from './policy-rows.ts';

/** How a policy is sent. */
export const documents = { consumes: ['application/yaml', 'application/json'] };

export function textOf(request: ServiceRequest): string {
  const body = request.rawBody;
  if (!body || body.length === 0) throw new Problem(400, 'bad_request', 'send the policy as the body, YAML or JSON');
  return body.toString('utf8');
}

export function summaryOf({ name, version, digest, document, builtIn, by, publishedAt }: PolicyRow): PolicySummary {
  const { description, gates, mode, severity, failMode, controls } = document;
  return {
    ...{ name, version, digest, description, mode, severity, failMode, builtIn, by },
    gates: [...gates],
    controls: [...controls],
    publishedAt: publishedAt.toISOString(),
  };
}

export function detailOf(row: PolicyRow, reply: FastifyReply): PolicyDetail {
  void reply.header('etag', entityTag(row.version));
  return make(PolicyDetail, { ...summaryOf(row), source: row.source });
}
