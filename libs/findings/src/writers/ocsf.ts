import type { Detection, FindingAnswer, FindingClass, Severity, Triage } from '@throughline/contracts';
import { parsePurl } from '@throughline/versions';
import type { ExportHead, FindingFormat } from './writer.ts';

const schemaVersion = '1.8.0';

const severityIds: Readonly<Record<Severity, number>> = { info: 1, low: 2, medium: 3, high: 4, critical: 5 };
const severityNames = ['Unknown', 'Informational', 'Low', 'Medium', 'High', 'Critical'];
const statusNames = ['Unknown', 'New', 'In Progress', 'Suppressed', 'Resolved'];

/** What a person settled, and what is gone without being fixed for certain, is not shown as open. */
const statusIds: Readonly<Partial<Record<Triage, number>>> = { new: 1, not_affected: 3, false_positive: 3, risk_accepted: 3 };
const over: readonly Detection[] = ['resolved', 'retracted'];

/** The class of the event by the class of the finding: Vulnerability, Compliance, or Application Security Posture Finding. */
const classIds: Readonly<Partial<Record<FindingClass, number>>> = { vulnerability: 2002, configuration: 2003, licence: 2003 };
const posture = 2007;
const classNames: Readonly<Record<number, string>> = {
  2002: 'Vulnerability Finding',
  2003: 'Compliance Finding',
  2007: 'Application Security Posture Finding',
};

/** Each finding as an event of the Open Cybersecurity Schema Framework 1.8.0, category Findings, one a line. */
export const ocsf: FindingFormat = {
  contentType: 'application/x-ndjson',
  extension: 'ocsf.ndjson',
  open: (head) => ({
    begin: () => '',
    page: (findings) => findings.map((finding) => `${JSON.stringify(eventOf(finding, head))}\n`).join(''),
    end: () => '',
  }),
};

function eventOf(finding: FindingAnswer, { at }: ExportHead): object {
  const isOver = over.includes(finding.detection);
  const [activity_id, activity_name] = isOver ? [3, 'Close'] : [1, 'Create'];
  const class_uid = classIds[finding.class] ?? posture;
  const severity_id = severityIds[finding.severity];
  const status_id = isOver ? 4 : (statusIds[finding.triage] ?? 2);
  return {
    ...{ activity_id, activity_name, category_uid: 2, category_name: 'Findings', class_uid, class_name: classNames[class_uid] },
    type_uid: class_uid * 100 + activity_id,
    type_name: `${classNames[class_uid]}: ${activity_name}`,
    ...{ severity_id, severity: severityNames[severity_id], status_id, status: statusNames[status_id] },
    time: Date.parse(finding.lastSeen),
    message: finding.title,
    metadata: { version: schemaVersion, product: { name: 'Throughline', vendor_name: 'Throughline' }, logged_time: Date.parse(at) },
    finding_info: {
      uid: finding.id,
      title: finding.title,
      types: [finding.class],
      analytic: { name: finding.rule, type: 'Rule', type_id: 1 },
      data_sources: finding.attributions.map(({ tool }) => tool),
      first_seen_time: Date.parse(finding.firstSeen),
      last_seen_time: Date.parse(finding.lastSeen),
      src_url: finding.url,
    },
    resources: [{ uid: finding.repository, name: finding.repository, type: 'Repository', owner: { name: finding.owner } }],
    ...aboutOf(class_uid, finding),
    unmapped: unmappedOf(finding),
  };
}

/** What the class of the event asks for. */
function aboutOf(class_uid: number, finding: FindingAnswer): object {
  if (class_uid === 2002) return { vulnerabilities: [vulnerabilityOf(finding)] };
  const { application, rule, title, cwe = [] } = finding;
  if (class_uid === 2003) return { compliance: { control: rule, desc: title, status: 'Fail', status_id: 3 } };
  const [weakness] = cwe;
  return {
    application: { name: application },
    // The schema wants exactly one of CVE, CWE and advisory.
    ...(weakness !== undefined && { vulnerabilities: [{ cwe: { uid: `CWE-${weakness}` }, ...seenOf(finding), ...codeOf(finding) }] }),
  };
}

function vulnerabilityOf(finding: FindingAnswer): object {
  const { cve, cwe = [], rule, epss, component } = finding;
  const fixedIn = component?.fixedIn;
  return {
    ...(cve === undefined
      ? { advisory: { uid: rule } }
      : {
          cve: {
            uid: cve,
            ...(epss !== undefined && { epss: { score: String(epss) } }),
            ...(cwe.length > 0 && { related_cwes: cwe.map((number) => ({ uid: `CWE-${number}` })) }),
          },
        }),
    ...seenOf(finding),
    is_fix_available: fixedIn !== undefined,
    ...(component && { affected_packages: [packageOf(component)] }),
  };
}

function seenOf({ title, severity, firstSeen, lastSeen }: FindingAnswer): object {
  return { title, severity, first_seen_time: Date.parse(firstSeen), last_seen_time: Date.parse(lastSeen) };
}

function packageOf({ purl, version, fixedIn }: NonNullable<FindingAnswer['component']>): object {
  const { namespace, name = purl } = parsePurl(purl) ?? {};
  return {
    name: namespace === undefined ? name : `${namespace}/${name}`,
    // The schema wants one.
    version: version === '' ? 'unknown' : version,
    purl,
    ...(fixedIn !== undefined && { fixed_in_version: fixedIn }),
  };
}

function codeOf({ location, rule }: FindingAnswer): object {
  if (!location) return {};
  const { path, line } = location;
  const file = { name: path.slice(path.lastIndexOf('/') + 1) || path, path, type: 'Regular File', type_id: 1 };
  return { affected_code: [{ file, ...(line !== undefined && { start_line: line, end_line: line }), rule: { name: rule } }] };
}

/** What the schema has no place for. */
function unmappedOf({ risk, triage, waiver, location, chain, introducedBy, application, team }: FindingAnswer): object {
  return {
    risk,
    triage,
    ...(waiver && { waiver }),
    ...(location && { location }),
    chain,
    introducedBy,
    application,
    ...(team && { team }),
  };
}
