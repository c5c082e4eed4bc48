import type { AlertStory, ChainNode, GatePassed } from '@throughline/contracts';
import type { Answer } from './chain-answer.ts';

const mostLines = 100;

/** Why an alert exists, told from the nodes of its chain: what happened, which gates it passed, what is not known. */
export function alertStory(alert: string, chain: string, { nodes, edges }: Answer): Omit<AlertStory, 'url'> {
  const end = nodes.find((node) => node.kind === 'alert.opened' && node.subject === alert);
  const causes = end ? ancestorsOf(end.id, edges) : new Set(nodes.map((node) => node.id));
  const told = nodes.filter((node) => !node.gap && (causes.has(node.id) || node === end));
  return {
    alert,
    chain,
    story: told.slice(0, mostLines).map(storyLine),
    gatesPassed: told.flatMap(gatesPassed),
    earliestStop: earliestStop(told),
    gaps: nodes.filter((node) => node.gap).map((node) => `${node.title}: ${node.subject}`.slice(0, 1200)),
    partial: end === undefined,
  };
}

function ancestorsOf(id: string, edges: Answer['edges']): Set<string> {
  const causes = new Map<string, string[]>();
  for (const edge of edges) causes.set(edge.effect, [...(causes.get(edge.effect) ?? []), edge.cause]);
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const cause of causes.get(next) ?? []) {
      if (found.has(cause)) continue;
      found.add(cause);
      open.push(cause);
    }
  }
  return found;
}

function storyLine(node: ChainNode): string {
  const values = Object.entries(node.summary).map(([name, value]) => `${name} ${value}`);
  return `${node.time} ${node.service}: ${node.title}${values.length > 0 ? ` (${values.slice(0, 6).join(', ')})` : ''}`.slice(0, 1200);
}

function gatesPassed(node: ChainNode): GatePassed[] {
  if (node.kind !== 'decision.made' || !['pass', 'warn'].includes(node.status)) return [];
  const gate = gateOf(node);
  const warned = Object.keys(node.summary).flatMap((name): GatePassed[] => {
    const named = /^(.+)@(\d+)$/.exec(name);
    return named ? [{ gate, decision: node.status, policy: named[1]!, version: Number(named[2]) }] : [];
  });
  return warned.length > 0 ? warned : [{ gate, decision: node.status, policy: 'all policies', version: 0 }];
}

/** The first gate that said no: what came after it needs somebody who let it. */
function earliestStop(told: readonly ChainNode[]): AlertStory['earliestStop'] {
  const denied = told.find((node) => node.kind === 'decision.made' && node.status === 'deny');
  if (!denied) return null;
  const reasons = Object.entries(denied.summary).filter(([name]) => name.includes('@'));
  return {
    gate: gateOf(denied),
    reason: reasons
      .map(([policy, message]) => `${policy}: ${message}`)
      .join('; ')
      .slice(0, 1000),
  };
}

function gateOf(node: ChainNode): string {
  return /^Gate (\w+):/.exec(node.title)?.[1] ?? 'change';
}
