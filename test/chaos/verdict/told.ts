import { differing, repeatedIn } from '@throughline/testing';
import { subjectsOf } from './flow.ts';
import type { Evidence, Verdict } from './verdict.ts';

/** What people hear: alerts, messages about them, statuses at the provider, proposals. */
export async function told(evidence: Evidence): Promise<Verdict> {
  return {
    ...(await alertsOf(evidence)),
    ...(await messagesOf(evidence)),
    ...(await statusesOf(evidence)),
    ...(await proposalsOf(evidence)),
  };
}

/** Each branch that was blocked has one alert, and its receiver heard that it was opened under one key. */
async function alertsOf(evidence: Evidence): Promise<Verdict> {
  const { stage, facts } = evidence;
  const alerts = await stage.shop.databases.rows<{ id: string; subject: string }>(
    'notifier',
    `select id::text, repository || '@' || commit as subject from alerts where kind = 'decision'`,
  );
  const blocked = await stage.shop.databases.rows<{ subject: string }>(
    'policy-engine',
    `select distinct repository || '@' || commit as subject from decision where result = 'deny' and gate = 'change'`,
  );
  const opened = [...Map.groupBy(stage.alerts.map(eventOf), ({ key }) => key).values()]
    .map(([first]) => first!)
    .filter(({ type }) => type === 'alert.opened');
  return {
    'blocked commits against alerts': differing(
      ['blocked', blocked.map(({ subject }) => subject)],
      ['alerts', alerts.map(({ subject }) => subject)],
    ),
    'alerts against what was told of their opening': differing(
      ['alerts', alerts.map(({ id }) => id)],
      ['told', opened.map(({ alert }) => alert)],
    ),
    'alerts opened twice on the broker': repeatedIn(facts.of('alert.opened').map(({ body }) => String(body['alert']))),
  };
}

interface Event {
  readonly key: string;
  readonly type: string;
  readonly alert: string;
}

function eventOf({ headers, body }: Evidence['stage']['alerts'][number]): Event {
  const { type, data } = JSON.parse(body) as { readonly type: string; readonly data: { readonly id: string } };
  return { key: headers['webhook-id']!, type, alert: data.id };
}

/** Each message that was kept was sent, to an end that is known, and no message was sent that is not kept. */
async function messagesOf({ stage, facts, history }: Evidence): Promise<Verdict> {
  const kept = await stage.shop.databases.rows<{ id: string; channel: string; state: string; summary: string }>(
    'notifier',
    'select id::text, channel, state, summary from deliveries',
  );
  const hooks = kept.filter(({ channel }) => channel === 'hook').map(({ id }) => `alert ${id}`);
  const arrived = history.filter(({ f, value }) => f === 'told' && value.startsWith('alert ')).map(({ value }) => value);
  return {
    'messages that did not leave': kept
      .filter(({ state }) => state !== 'delivered' && state !== 'kept')
      .map(({ state, summary }) => `${state}: ${summary}`),
    'messages against what arrived': differing(['kept', hooks], ['arrived', [...new Set(arrived)]]),
    'messages against delivery.succeeded': differing(
      ['kept', kept.map(({ id }) => id)],
      ['delivery.succeeded', facts.of('delivery.succeeded').map(({ body }) => String(body['delivery']))],
    ),
  };
}

/** Each pushed commit has one conversation about its status, and the provider knows the last word of it. */
async function statusesOf(evidence: Evidence): Promise<Verdict> {
  const { stage, history } = evidence;
  const conversations = await stage.shop.databases.rows<{ about: string }>(
    'notifier',
    `select about from conversations where about like 'status:%'`,
  );
  const decided = new Set(
    history
      .filter(({ f, value }) => f === 'told' && /^status \S+ (?:success|failure|error|warning) /.test(value))
      .map(({ value }) => value.split(' ')[1]!),
  );
  const pushed = subjectsOf(evidence, 'push');
  return {
    'pushes against statuses': differing(
      ['pushes', pushed.map((subject) => `status:${subject}`)],
      ['statuses', conversations.map(({ about }) => about)],
    ),
    'pushes whose verdict the provider does not know': pushed.filter((subject) => !decided.has(subject.split('@')[1]!)),
  };
}

/** The one component that can be fixed is proposed once. */
async function proposalsOf({ stage }: Evidence): Promise<Verdict> {
  const proposals = await stage.shop.databases.rows<{ proposal: string }>(
    'remediation',
    `select repository || ' ' || line || ' ' || package as proposal from proposals`,
  );
  const names = proposals.map(({ proposal }) => proposal);
  return { 'proposals that were made twice': repeatedIn(names), 'no proposal at all': names.length > 0 ? [] : ['minimist can be fixed'] };
}
