import type { ServiceName } from '@throughline/contracts';
import { anomaliesOf, differing, repeatedIn, type Anomalies, type Effect, type Entry } from '@throughline/testing';
import type { Evidence, Verdict } from './verdict.ts';

interface Row {
  readonly repository: string;
  readonly number: number;
  readonly commit: string;
}

type Kind = 'push' | 'review' | 'merge';

const types: Readonly<Record<Kind, string>> = { push: 'change.pushed', review: 'change.reviewed', merge: 'change.merged' };

/** What was asked at the front door, where it left a line in order: on the broker, in the log of the chain, in the feed of the gateway. */
export async function logged(evidence: Evidence): Promise<Verdict> {
  const { history, stage, facts } = evidence;
  const verdict: Record<string, readonly string[]> = {};
  for (const f of ['push', 'review', 'merge'] as const) {
    const onBroker = facts.of(types[f]).map(({ body }) => effectOf(f, body as unknown as Row));
    Object.assign(verdict, compared(`${f} on the broker`, history, f, onBroker));
    Object.assign(verdict, compared(`${f} in the log of the chain`, history, f, await inLog(evidence, f)));
    if (f !== 'review') Object.assign(verdict, compared(`${f} in the feed`, history, f, await inFeed(evidence, f)));
  }
  const inChain = await stage.shop.databases.rows<{ id: string }>('chain', 'select id::text from fact order by position');
  const ids = inChain.map(({ id }) => id);
  return {
    ...verdict,
    'facts of the broker against the log': differing(['the broker', facts.all.map(({ id }) => id)], ['the log', ids]),
    'facts twice in the log': repeatedIn(ids),
    'sequences that went back': facts.inversions(),
    'keys whose log is in another order than the broker': reordered(evidence, ids),
    'acknowledged deliveries without a row': await withoutDelivery(evidence),
    'merges that remediation did not handle': await unhandled(evidence, 'remediation', 'change.merged'),
    'pushes that the policy-engine did not handle': await unhandled(evidence, 'policy-engine', 'change.pushed'),
    'pushes that the notifier did not handle': await unhandled(evidence, 'notifier', 'change.pushed'),
    'gaps in the audit log': await auditGaps(evidence),
  };
}

/** A talk is known by its repository and number, a push by its commit. */
function effectOf(f: Kind, { repository, number, commit, ...more }: Row): Effect {
  const name = repository.split('/').at(-1)!;
  const value = f === 'push' ? ((more as { readonly after?: string }).after ?? commit) : `${name} ${number}`;
  return { process: name, value };
}

async function inLog({ stage }: Evidence, f: Kind): Promise<Effect[]> {
  const rows = await stage.shop.databases.rows<{ payload: string }>('chain', 'select payload from fact where type = $1 order by position', [
    types[f],
  ]);
  return rows.map(({ payload }) => effectOf(f, JSON.parse(payload) as Row));
}

async function inFeed({ stage }: Evidence, f: Kind): Promise<Effect[]> {
  const rows = await stage.shop.databases.rows<{ data: string }>(
    'gateway',
    `select data from feed where type like $1 order by feed.tx, feed.position`,
    [`%${types[f]}%`],
  );
  return rows.map(({ data }) => effectOf(f, (JSON.parse(data) as { readonly summary: Row }).summary));
}

function reordered({ facts }: Evidence, ids: readonly string[]): string[] {
  const place = new Map(ids.map((id, index) => [id, index]));
  return [...Map.groupBy(facts.all, ({ type, key }) => `${type} ${key}`)].flatMap(([name, own]) => {
    const places = own.map(({ id }) => place.get(id) ?? -1);
    return places.every((at, index) => index === 0 || at > places[index - 1]!) ? [] : [name];
  });
}

/** Each acknowledged webhook was kept once, with its facts. */
async function withoutDelivery({ stage, history }: Evidence): Promise<string[]> {
  const [kept] = await stage.shop.databases.rows<{ count: number }>(
    'ingest',
    `select count(*)::int as count from delivery where status = 'accepted'`,
  );
  const acknowledged = history.filter(({ f, type }) => type === 'ok' && f in types).length;
  const unknown = history.filter(({ f, type }) => type === 'info' && f in types).length;
  const fits = kept!.count >= acknowledged && kept!.count <= acknowledged + unknown;
  return fits ? [] : [`${kept!.count} kept, ${acknowledged} acknowledged, ${unknown} unknown`];
}

/** Every consumer of a service that handles facts of a type has marked each that is on the broker. */
async function unhandled({ stage, facts }: Evidence, service: ServiceName, type: string): Promise<string[]> {
  const ids = facts.of(type).map(({ id }) => id);
  const rows = await stage.shop.databases.rows<{ consumer: string; count: number }>(
    service,
    'select consumer, count(*)::int as count from inbox where id = any($1::text[]) group by consumer',
    [ids],
  );
  if (ids.length > 0 && rows.length === 0) return ['no consumer handled any'];
  return rows.filter(({ count }) => count !== ids.length).map(({ consumer, count }) => `${consumer} handled ${count} of ${ids.length}`);
}

async function auditGaps({ stage }: Evidence): Promise<string[]> {
  const rows = await stage.shop.databases.rows<{ service: string; count: number; last: number }>(
    'chain',
    'select service, count(distinct number)::int as count, max(number)::int as last from audit_entry group by service',
  );
  return rows.filter(({ count, last }) => count !== last).map(({ service, count, last }) => `${service}: ${count} of ${last}`);
}

/** The four lists of a comparison, by name. */
function compared(of: string, history: readonly Entry[], f: string, effects: readonly Effect[]): Verdict {
  const anomalies: Anomalies = anomaliesOf(history, f, effects);
  return Object.fromEntries(Object.entries(anomalies).map(([name, values]) => [`${of}: ${name}`, values as readonly string[]]));
}
