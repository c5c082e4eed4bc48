import type { ChainEdge, ChainNode } from '@throughline/contracts';
import type { Walked, WalkedNode } from './walked.ts';

/** This long something may still be on its way. */
const pendingMs = 15 * 60_000;
const hasPage = /^(?:decision|alert|proposal|delivery):/;
const levels = ['claimed', 'bound', 'proven', 'own'];

export interface Answer {
  readonly nodes: readonly ChainNode[];
  readonly edges: readonly ChainEdge[];
}

/** Nodes, edges and gaps of a chain at a time; a function of what was walked, whatever the order in which it arrived. */
export function chainAnswer(walked: Walked, at: Date): Answer {
  const makers = makersOf(walked.nodes);
  const gaps = [...walked.unmade].sort().map((key) => gapOf(key, walked.nodes, at));
  const edges = walked.nodes.flatMap((effect) =>
    effect.madeFrom.flatMap((key): ChainEdge[] => {
      if (walked.unmade.has(key)) return [{ cause: gapId(key), effect: effect.id, evidence: key, assurance: 'claimed' }];
      return (makers.get(key) ?? [])
        .filter((cause) => cause.id !== effect.id)
        .map((cause) => ({ cause: cause.id, effect: effect.id, evidence: key, assurance: lowest(cause.assurance, effect.assurance) }));
    }),
  );
  const nodes = [...gaps, ...walked.nodes.map(nodeOf), ...expected(walked, at)];
  return { nodes, edges: [...edges, ...bridges(walked, makers.get(walked.root) ?? [])] };
}

/** What is missing hangs on the commit, so that a chain stays one piece. */
function bridges({ root, unmade }: Walked, commits: readonly WalkedNode[]): ChainEdge[] {
  return [...unmade]
    .sort()
    .flatMap((key) => commits.map(({ id }) => ({ cause: id, effect: gapId(key), evidence: root, assurance: 'claimed' })));
}

function makersOf(nodes: readonly WalkedNode[]): Map<string, WalkedNode[]> {
  const makers = new Map<string, WalkedNode[]>();
  for (const node of nodes) for (const key of node.makes) makers.set(key, [...(makers.get(key) ?? []), node]);
  return makers;
}

function nodeOf(node: WalkedNode): ChainNode {
  return {
    id: node.id,
    kind: node.type,
    subject: node.subject,
    title: node.title,
    service: node.service,
    status: node.status,
    time: node.time.toISOString(),
    traceId: node.traceId,
    ...aboutOf(node),
    summary: JSON.parse(node.summary) as ChainNode['summary'],
  };
}

/** What the fact made; of later facts about an alert the alert. */
function aboutOf({ type, makes, madeFrom }: WalkedNode): Pick<ChainNode, 'about'> {
  const about =
    makes.find((key) => hasPage.test(key)) ?? (type.startsWith('alert.') ? madeFrom.find((key) => hasPage.test(key)) : undefined);
  return about === undefined ? {} : { about };
}

function gapOf(key: string, nodes: readonly WalkedNode[], at: Date): ChainNode {
  const kind = key.slice(0, key.indexOf(':'));
  const named = nodes.filter((node) => node.madeFrom.includes(key));
  return gap(key, kind, `No ${kind} known`, Math.min(...named.map((node) => node.time.getTime())), at);
}

/** A plan that is not answered by a decision yet: the next kind that must come. */
function expected({ nodes, unmade }: Walked, at: Date): ChainNode[] {
  if ([...unmade].some((key) => key.startsWith('decision:'))) return [];
  const plan = nodes.find((node) => node.type === 'evidence.planned' && !node.summary.includes('"baseline"'));
  if (!plan || nodes.some((node) => node.type === 'decision.made')) return [];
  return [gap(`decision:${plan.subject}`, 'decision', 'No decision yet', plan.time.getTime(), at)];
}

function gap(key: string, kind: string, title: string, since: number, at: Date): ChainNode {
  const state = at.getTime() - since < pendingMs ? 'pending' : 'missing';
  return { id: gapId(key), kind, subject: key, title, service: '', status: state, time: null, traceId: null, gap: state, summary: {} };
}

function gapId(key: string): string {
  return `gap:${key}`;
}

function lowest(a: string, b: string): string {
  return levels.indexOf(a) < levels.indexOf(b) ? a : b;
}
