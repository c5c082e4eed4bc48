import { createHash } from 'node:crypto';
import type { Answer } from './chain-answer.ts';
import type { Walked } from './walked.ts';

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

/**
 * The chain as one OTLP/JSON document (opentelemetry-proto, TracesData): ids are hashes of chain and fact, the parent is the
 * latest cause, further causes and the recorded trace are links. It is whole whatever became of the recorded spans.
 */
export function chainTrace(chain: string, { nodes, edges }: Answer, walked: Walked): object {
  const recorded = new Map(walked.nodes.map((node) => [node.id, node.spanId]));
  const times = new Map(nodes.map((node) => [node.id, node.time === null ? undefined : Date.parse(node.time)]));
  const spans = nodes
    .filter((node) => node.time !== null)
    .map((node) => {
      const causes = edges
        .filter((edge) => edge.effect === node.id && times.get(edge.cause) !== undefined)
        .map((edge) => edge.cause)
        .sort((a, b) => times.get(b)! - times.get(a)! || (a < b ? -1 : 1));
      const [parent, ...others] = [...new Set(causes)];
      const end = times.get(node.id)!;
      const start = parent === undefined ? end : Math.min(times.get(parent)!, end);
      return {
        service: node.service,
        span: {
          traceId: traceIdOf(chain),
          spanId: spanIdOf(chain, node.id),
          ...(parent === undefined ? {} : { parentSpanId: spanIdOf(chain, parent) }),
          name: node.kind,
          kind: 1,
          startTimeUnixNano: nanoseconds(start),
          endTimeUnixNano: nanoseconds(end),
          attributes: attributesOf({
            'throughline.title': node.title,
            'throughline.status': node.status,
            'throughline.subject': node.subject,
          }),
          links: [
            ...others.map((cause) => ({
              traceId: traceIdOf(chain),
              spanId: spanIdOf(chain, cause),
              attributes: attributesOf({ 'throughline.link': 'cause' }),
            })),
            ...(node.traceId
              ? [{ traceId: node.traceId, spanId: recorded.get(node.id), attributes: attributesOf({ 'throughline.link': 'recorded' }) }]
              : []),
          ],
        },
      };
    });
  const services = [...new Set(spans.map((one) => one.service))].sort();
  return {
    resourceSpans: services.map((service) => ({
      resource: { attributes: attributesOf({ 'service.name': service }) },
      scopeSpans: [{ scope: { name: 'throughline.chain' }, spans: spans.filter((one) => one.service === service).map((one) => one.span) }],
    })),
  };
}

function traceIdOf(chain: string): string {
  return chain.slice(0, 32);
}

function spanIdOf(chain: string, fact: string): string {
  return createHash('sha256').update(`${chain}\n${fact}`).digest('hex').slice(0, 16);
}

function nanoseconds(ms: number): string {
  return `${ms}000000`;
}

function attributesOf(values: Readonly<Record<string, string>>): Attribute[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
}
