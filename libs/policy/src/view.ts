import { packageOf } from './purl.ts';
import { answers, truncated, type FactFinding, type Facts, type FactScan, type FactSubject } from './facts.ts';
import type { Tolerance } from './tolerance.ts';

class FindingView {}
class ScanView {}
class LicenceView {}
class SubjectView {}
class FactsView {}
class ToleranceView {}

interface ViewType {
  readonly ctor: new () => object;
  readonly fields: Readonly<Record<string, string>>;
}

/** What expressions may read, with CEL types: a misspelled field is refused when the policy is published, not when it runs. */
export const types: Readonly<Record<string, ViewType>> = {
  Finding: {
    ctor: FindingView,
    fields: {
      id: 'string',
      class: 'string',
      rule: 'string',
      title: 'string',
      severity: 'string',
      tools: 'list<string>',
      new: 'bool',
      path: 'string',
      line: 'int',
      purl: 'string',
      package: 'string',
      version: 'string',
      fixedIn: 'string',
      advisory: 'string',
      cve: 'string',
      knownExploited: 'bool',
      epss: 'double',
    },
  },
  Scan: { ctor: ScanView, fields: { seq: 'int', tool: 'string', finds: 'list<string>', state: 'string', reason: 'string' } },
  Licence: { ctor: LicenceView, fields: { licence: 'string', components: 'int', examples: 'list<string>', new: 'bool' } },
  Subject: {
    ctor: SubjectView,
    fields: { repository: 'string', commit: 'string', ref: 'string', branch: 'string', pullRequest: 'int', base: 'string' },
  },
  Facts: {
    ctor: FactsView,
    fields: {
      gate: 'string',
      subject: 'Subject',
      added: 'list<Finding>',
      findings: 'list<Finding>',
      total: 'int',
      truncated: 'bool',
      scans: 'list<Scan>',
      licences: 'list<Licence>',
    },
  },
  Tolerance: {
    ctor: ToleranceView,
    fields: {
      application: 'string',
      name: 'string',
      tier: 'string',
      exposure: 'string',
      dataClass: 'string',
      distribute: 'bool',
      blocksFrom: 'string',
      deniedLicences: 'list<string>',
    },
  },
};

/** What `facts` is to an expression: the lists are in the order of the document. */
export interface FactsSeen {
  readonly added: readonly object[];
  readonly findings: readonly object[];
  readonly scans: readonly object[];
  readonly licences: readonly object[];
}

/** The variables that every expression sees. */
export interface Variables extends Readonly<Record<string, unknown>> {
  readonly facts: FactsSeen;
}

/** Makes the variables. Texts that do not apply to a finding are empty, an unknown EPSS is absent (`has(f.epss)`). */
export function variables(facts: Facts, tolerance: Tolerance, at: string): Variables {
  const findings = facts.findings.map(findingView);
  const view = Object.assign(new FactsView(), {
    gate: facts.gate,
    subject: subjectView(facts.subject),
    added: findings.filter((_, index) => facts.findings[index]!.new),
    findings,
    total: BigInt(facts.total),
    truncated: truncated(facts),
    scans: facts.scans.filter((scan) => answers(scan, facts.gate)).map(scanView),
    licences: facts.licences.map((licence) => Object.assign(new LicenceView(), { ...licence, components: BigInt(licence.components) })),
  });
  return {
    facts: view,
    tolerance: Object.assign(new ToleranceView(), { ...tolerance, distribute: tolerance.distribute ?? true }),
    at: new Date(at),
  };
}

/** What is only claimed is no scan to a policy: it could pass by it. */
function scanView({ seq, tool, finds, state, reason }: FactScan): object {
  return Object.assign(new ScanView(), { seq: BigInt(seq), tool, finds, state, reason: reason ?? '' });
}

function findingView(finding: FactFinding): object {
  const { name, version } = finding.purl === undefined ? { name: '', version: '' } : packageOf(finding.purl);
  return Object.assign(new FindingView(), {
    ...finding,
    path: finding.path ?? '',
    line: BigInt(finding.line ?? 0),
    purl: finding.purl ?? '',
    package: name,
    version,
    fixedIn: finding.fixedIn ?? '',
    advisory: finding.advisory ?? '',
    cve: finding.cve ?? '',
  });
}

function subjectView(subject: FactSubject): object {
  return Object.assign(new SubjectView(), {
    ...subject,
    branch: subject.ref.replace(/^refs\/heads\//, ''),
    pullRequest: BigInt(subject.pullRequest ?? 0),
    base: subject.base ?? '',
  });
}
