import {
  AlertOpened,
  AlertResolved,
  ChangeAbandoned,
  ChangeMerged,
  ChangeProposed,
  ChangePushed,
  ChangeReviewed,
  DecisionMade,
  DeliveryFailed,
  DeliverySucceeded,
  EvidencePlanned,
  EvidenceReceived,
  EvidenceRefused,
  FindingsEvaluated,
  FixProposed,
  GateBypassed,
  GatePushedPast,
  PremiseBroken,
  SbomReceived,
  ScanCompleted,
  ScanFailed,
  WaiverEnded,
  WaiverGranted,
  type FactClass,
} from '@throughline/contracts';

type Value = string | number | boolean;

/** What a person reads of a fact: a title, a state in one word, and some values by name. */
export interface Told {
  readonly title: string;
  readonly status: string;
  readonly summary: Readonly<Record<string, Value>>;
}

type Teller<F extends object> = (fact: F) => Told;

const tellers = new Map<FactClass, Teller<never>>();

function tell<F extends object>(cls: FactClass<F>, teller: Teller<F>): void {
  tellers.set(cls, teller);
}

tell(ChangePushed, (fact) => ({
  title: fact.commits.at(-1)?.title || `Push to ${branch(fact.ref)}`,
  status: fact.rescan ? 'asked for' : 'pushed',
  summary: { branch: branch(fact.ref), by: fact.pusher, commits: fact.commits.length, ...(fact.forced ? { forced: true } : {}) },
}));
tell(ChangeProposed, (fact) => ({
  title: `#${fact.number} ${fact.title}`,
  status: 'proposed',
  summary: { by: fact.author, into: branch(fact.baseRef), ...(fact.fork ? { fork: true } : {}) },
}));
tell(ChangeReviewed, (fact) => ({
  title: `#${fact.number} ${fact.state.replaceAll('_', ' ')}`,
  status: fact.state,
  summary: { by: fact.reviewer, ...(fact.bypass ? { bypass: true } : {}), ...(fact.own ? { 'own change': true } : {}) },
}));
tell(ChangeMerged, (fact) => ({
  title: `#${fact.number} merged`,
  status: 'merged',
  summary: {
    ...{ by: fact.mergedBy, into: branch(fact.baseRef) },
    ...(fact.bypass ? { bypass: true } : {}),
    ...(fact.own ? { 'own change': true } : {}),
  },
}));
tell(ChangeAbandoned, (fact) => ({ title: `#${fact.number} closed without a merge`, status: 'abandoned', summary: { by: fact.closedBy } }));
tell(EvidencePlanned, (fact) => ({
  title: fact.failed ? 'Evidence could not be planned' : 'Evidence planned',
  status: fact.failed ? 'failed' : 'planned',
  summary: {
    ...(fact.failed ? { why: fact.failed } : {}),
    ...(fact.subject.base ? { 'compared with': fact.subject.base.slice(0, 12) } : {}),
    ...Object.fromEntries(fact.items.map((item) => [item.tool, item.reason ? `${item.state}: ${item.reason}` : item.state])),
  },
}));
tell(ScanCompleted, (fact) => ({
  title: `${fact.tool} ran`,
  status: 'completed',
  summary: {
    version: fact.toolVersion,
    findings: fact.findings,
    ...(fact.components > 0 ? { components: fact.components } : {}),
    sandbox: fact.sandbox,
    ...(fact.cached ? { 'from the cache': true } : { 'took ms': fact.durationMs }),
  },
}));
tell(ScanFailed, (fact) => ({ title: `${fact.tool} failed`, status: 'failed', summary: { why: fact.reason, attempts: fact.attempts } }));
tell(EvidenceReceived, (fact) => ({
  title: fact.sbom ? 'SBOM received' : `Report of ${fact.tool} received`,
  status: 'received',
  summary: {
    format: fact.format,
    ...(fact.sbom ? { components: fact.sbom.components } : { findings: fact.findings }),
    counts: fact.assurance,
    ...(fact.coverage.scope === '' ? {} : { scope: fact.coverage.scope }),
    ...(fact.coverage.complete ? { complete: true } : {}),
  },
}));
tell(SbomReceived, ({ subject, sbom, assurance }) => ({
  title: `SBOM of ${subject.image ?? 'an image'} received`,
  status: 'received',
  summary: { digest: subject.digest, components: sbom.components, counts: assurance },
}));
tell(EvidenceRefused, (fact) => ({
  title: `Report of ${fact.tool} refused`,
  status: 'failed',
  summary: { format: fact.format, why: fact.reason },
}));
tell(FindingsEvaluated, (fact) => ({
  title: `Findings of ${fact.tool}`,
  status: fact.outcome,
  summary: {
    ...Object.fromEntries(Object.entries(fact.totals).filter(([, count]) => count > 0)),
    opened: fact.opened,
    unchanged: fact.unchanged,
    resolved: fact.resolved,
    ...Object.fromEntries(fact.notEvaluated.map((one) => [`not evaluated: ${one.what}`, one.reason])),
  },
}));
tell(DecisionMade, (fact) => ({
  title: `Gate ${fact.gate}: ${fact.result}`,
  status: fact.result,
  summary: {
    tolerance: fact.tolerance,
    ...Object.fromEntries(fact.reasons.map((reason) => [`${reason.policy}@${reason.version}`, reason.message])),
    ...Object.fromEntries(
      (fact.waived ?? []).map((each) => [`exception ${each.label ?? each.waiver}`, `${each.policy}: ${each.total} let through`]),
    ),
    ...(fact.missing.length > 0 ? { missing: fact.missing.join('; ') } : {}),
    ...(fact.older > 0 ? { 'older findings that do not count': fact.older } : {}),
  },
}));
tell(WaiverGranted, (fact) => ({
  title: `Exception ${fact.label} granted`,
  status: 'granted',
  summary: {
    ...{ 'asked by': fact.requestedBy, 'approved by': fact.approvedBy, owner: fact.owner, until: fact.until, why: fact.reason },
    ...(fact.premise === undefined ? {} : { premise: fact.premise }),
    ...(fact.policy === undefined ? {} : { policy: fact.policy }),
    ...Object.fromEntries(Object.entries(fact.matches).map(([name, value]: [string, unknown]) => [name, String(value)])),
  },
}));
tell(PremiseBroken, (fact) => ({
  title: `An exception leans on what is gone: ${fact.because.replaceAll('_', ' ')}`,
  status: 'broken',
  summary: { ...(fact.cve === undefined ? {} : { cve: fact.cve }), ...(fact.fixedIn === undefined ? {} : { 'fixed in': fact.fixedIn }) },
}));
tell(WaiverEnded, (fact) => ({
  title: `Exception ${fact.label} ended`,
  status: 'ended',
  summary: { because: fact.because, by: fact.by, ...(fact.note === undefined ? {} : { note: fact.note }) },
}));
tell(AlertOpened, (fact) => ({ title: fact.title, status: 'open', summary: { priority: fact.priority, application: fact.application } }));
tell(GateBypassed, (fact) => ({
  title: `#${fact.number} merged past the change gate`,
  status: 'bypassed',
  summary: {
    ...{ by: fact.mergedBy, into: branch(fact.baseRef), 'when merged': fact.stood },
    ...(fact.result === undefined ? {} : { since: fact.result }),
    ...(fact.proposed === undefined ? {} : { 'proposed last': fact.proposed.slice(0, 12) }),
    basis: fact.basis,
  },
}));
tell(GatePushedPast, (fact) => ({
  title: 'Pushed past the change gate',
  status: 'bypassed',
  summary: {
    ...{ by: fact.pusher, to: branch(fact.ref), 'when pushed': fact.stood },
    ...(fact.result === undefined ? {} : { since: fact.result }),
    basis: fact.basis,
  },
}));
tell(AlertResolved, (fact) => ({ title: 'Alert resolved', status: 'resolved', summary: { why: fact.reason } }));
tell(FixProposed, (fact) => ({
  title: fact.summary,
  status: 'proposed',
  summary: {
    package: fact.package,
    from: fact.from,
    to: fact.to,
    closes: fact.findings.length,
    files: fact.files.map((file) => file.path).join(', '),
  },
}));
tell(DeliverySucceeded, (fact) => ({
  title: fact.summary,
  status: 'succeeded',
  summary: { channel: fact.channel, attempts: fact.attempts },
}));
tell(DeliveryFailed, (fact) => ({
  title: fact.summary,
  status: 'failed',
  summary: { channel: fact.channel, attempts: fact.attempts, why: fact.reason },
}));

/** What a person reads of the fact; a class without words of its own is named by its type. */
export function tellFact(fact: object, type: string): Told {
  const teller = tellers.get(fact.constructor as FactClass) as Teller<object> | undefined;
  return teller ? teller(fact) : { title: type, status: 'recorded', summary: {} };
}

function branch(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags)\//, '');
}
