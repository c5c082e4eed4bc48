import { setTimeout as pause } from 'node:timers/promises';
import type { Chain, ChainNode } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { paint, plain, show } from '../terminal.ts';

/** How long the story is followed, and how long it may stand still once its last message was delivered. */
const longest = 120_000;
const stillAfterMessage = 1_500;

/** Prints each hop of a commit's chain as it happens, until the decision was delivered; returns the chain's id. */
export async function followChain(api: Api, commit: string): Promise<string | undefined> {
  const told = new Set<string>();
  const started = Date.now();
  let lastNews = started;
  let chain: Chain | undefined;
  while (Date.now() - started < longest) {
    chain = await api.find<Chain>(`commits/${commit}/chain`);
    const news = (chain?.nodes ?? []).filter((hop) => hop.time !== null && !hop.gap && !told.has(hop.id));
    for (const hop of news.sort((a, b) => a.time!.localeCompare(b.time!))) {
      told.add(hop.id);
      lastNews = Date.now();
      show(hopLine(hop, started));
    }
    if (isDelivered(chain?.nodes ?? []) && Date.now() - lastNews > stillAfterMessage) break;
    await pause(150);
  }
  return chain?.id;
}

/** Whether the decision went out: the check that says "pending" was delivered long before there is one. */
function isDelivered(hops: readonly ChainNode[]): boolean {
  const decision = hops.find(({ kind }) => kind === 'decision.made');
  return hops.some(({ kind, time }) => decision && kind.startsWith('delivery') && time! >= decision.time!);
}

function hopLine(hop: ChainNode, started: number): string {
  const after = Math.max(0, Date.parse(hop.time!) - started) / 1000;
  const bad = /^(deny|failed|open)/.test(hop.status);
  return `  ${`${after.toFixed(2)} s`.padStart(8)}  ${hop.service.padEnd(20)} ${plain(hop.title)}  ${paint(bad ? 'red' : 'dim', plain(hop.status))}`;
}
