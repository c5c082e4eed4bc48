import type { PolicyCase } from './case.ts';
import type { FactFinding, FactLicence, Facts, FactScan } from './facts.ts';
import { scanStates } from './facts.ts';
import type { Reader } from './reader.ts';
import { completedScans, sampleFacts, sampleFinding } from './samples.ts';
import { exposures, tiers, unassigned, type Stance } from './tolerance.ts';
import { allClasses, allGates, allResults, allSeverities } from './words.ts';

const findingFields = [
  ...['id', 'class', 'rule', 'title', 'severity', 'tools', 'new', 'path', 'line'],
  ...['purl', 'fixedIn', 'advisory', 'cve', 'knownExploited', 'epss'],
];
const maxItems = 200;

/** Reads a case. What its facts leave out is filled: a push to `main`, every class completed, nothing found. */
export function readCase(reader: Reader): PolicyCase {
  const member = reader.members(['name', 'facts', 'tolerance', 'expect', 'message', 'fix', 'findings']);
  const findings = member('findings');
  return {
    name: member('name').text(200),
    facts: readFacts(member('facts')),
    stance: readStance(member('tolerance')),
    expect: member('expect').oneOf(allResults),
    message: member('message').optionalText(500),
    fix: member('fix').optionalText(500),
    findings: findings.present ? findings.items(maxItems).map((item) => item.text(64)) : undefined,
  };
}

function readFacts(reader: Reader): Facts {
  if (!reader.present) return sampleFacts();
  const member = reader.members(['gate', 'findings', 'scans', 'licences', 'base', 'planFailed', 'total', 'ref', 'pullRequest']);
  const scans = member('scans');
  const facts = sampleFacts({
    gate: member('gate').oneOf(allGates, 'change'),
    findings: member('findings').items(maxItems).map(readFinding),
    licences: member('licences').items(maxItems).map(readLicence),
    base: member('base').oneOf(['known', 'none', 'open'], 'known'),
    planFailed: member('planFailed').optionalText(500),
    ...(scans.present ? { scans: scans.items(maxItems).map(readScan) } : { scans: completedScans }),
  });
  const pullRequest = member('pullRequest').number(0, 1e9, 0);
  const ref = member('ref').text(512, facts.subject.ref);
  return {
    ...facts,
    total: member('total').number(facts.total, 1e9, facts.total),
    subject: { ...facts.subject, ref, ...(pullRequest > 0 ? { pullRequest } : {}) },
  };
}

function readFinding(reader: Reader, index: number): FactFinding {
  const member = reader.members(findingFields);
  const line = member('line');
  const epss = member('epss');
  return sampleFinding({
    id: member('id').text(64, `finding-${index + 1}`),
    class: member('class').oneOf(allClasses),
    rule: member('rule').text(200, 'rule'),
    title: member('title').text(300, 'A finding'),
    severity: member('severity').oneOf(allSeverities),
    tools: member('tools')
      .items(20)
      .map((tool) => tool.text(64)),
    new: member('new').flag(true),
    path: member('path').optionalText(1024),
    line: line.present ? line.number(1, 1e9, 1) : undefined,
    purl: member('purl').optionalText(512),
    fixedIn: member('fixedIn').optionalText(128),
    advisory: member('advisory').optionalText(128),
    cve: member('cve').optionalText(32),
    knownExploited: member('knownExploited').flag(false),
    epss: epss.present ? epss.number(0, 1, 0) : undefined,
  });
}

function readScan(reader: Reader, index: number): FactScan {
  const member = reader.members(['seq', 'tool', 'finds', 'state', 'reason', 'notEvaluated']);
  return {
    seq: member('seq').number(1, 1000, index + 1),
    tool: member('tool').text(64),
    finds: member('finds')
      .items(8)
      .map((found) => found.oneOf(allClasses)),
    state: member('state').oneOf(scanStates),
    reason: member('reason').optionalText(500),
    notEvaluated: member('notEvaluated')
      .items(50)
      .map((item) => {
        const field = item.members(['what', 'reason']);
        return { what: field('what').text(64), reason: field('reason').text(300) };
      }),
  };
}

function readLicence(reader: Reader): FactLicence {
  const member = reader.members(['licence', 'components', 'examples', 'new']);
  return {
    licence: member('licence').text(200),
    components: member('components').number(1, 1e9, 1),
    examples: member('examples')
      .items(5)
      .map((example) => example.text(512)),
    new: member('new').flag(true),
  };
}

function readStance(reader: Reader): Stance {
  if (!reader.present) return unassigned;
  const member = reader.members(['application', 'tier', 'exposure', 'dataClass', 'distribute']);
  return {
    application: member('application').text(100, unassigned.application),
    tier: member('tier').oneOf(tiers, unassigned.tier),
    exposure: member('exposure').oneOf(exposures, unassigned.exposure),
    dataClass: member('dataClass').text(64, unassigned.dataClass),
    ...(member('distribute').present && { distribute: member('distribute').flag(true) }),
  };
}
