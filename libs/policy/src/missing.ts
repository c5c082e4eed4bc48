import type { FindingClass } from '@throughline/contracts';
import { latestItems } from './evidence.ts';
import { answers, type Facts, type FactScan } from './facts.ts';
import { plainText } from './template.ts';
import type { Tolerance } from './tolerance.ts';

/** Something that is not known, with the finding classes that nothing can be said about because of it. */
export interface Missing {
  readonly text: string;
  readonly classes: readonly FindingClass[] | 'all';
}

/** Everything that the tolerance requires and the facts do not have; empty only when a verdict can be given. */
export function missingFrom(facts: Facts, tolerance: Tolerance): readonly Missing[] {
  const unknown = (facts.unknown ?? []).map(everything);
  if (facts.planFailed !== undefined) return [...unknown, everything(`The commit could not be looked at: ${facts.planFailed}`)];
  if (facts.throughSeq === undefined) return [...unknown, everything('No evidence is planned for this commit yet')];
  const latest = latestItems(facts.scans).filter((scan) => answers(scan, facts.gate));
  return [
    ...unknown,
    ...openScans(facts),
    ...latest.filter((scan) => scan.finds.some((found) => tolerance.requires.includes(found))).flatMap(unanswered),
    ...uncovered(latest, tolerance),
    ...(facts.scans.length > 0 && facts.scans.every(({ upload }) => upload !== undefined)
      ? [everything('Only uploads are known of this commit: nothing was looked at here')]
      : []),
    ...(facts.base === 'open'
      ? [everything(`What is new is not known yet: its base ${short(facts.subject.base)} is still being scanned`)]
      : []),
    ...(facts.added > facts.findings.length ? [everything(`More findings were added than can be judged (${facts.added})`)] : []),
  ];
}

/** What an all-findings policy misses in a document that holds only a part of them. */
export function missingFindings(facts: Facts): Missing {
  return everything(`Only ${facts.findings.length} of ${facts.total} open findings can be judged`);
}

function openScans(facts: Facts): readonly Missing[] {
  const closed = new Set(facts.scans.filter((scan) => scan.state !== 'planned').map((scan) => scan.seq));
  const missing: Missing[] = [];
  for (let seq = 1; seq <= facts.throughSeq! && missing.length < 50; seq++) {
    if (closed.has(seq)) continue;
    const scan = facts.scans.find((each) => each.seq === seq);
    missing.push(everything(scan ? `${called(scan)} has not finished` : `Evidence number ${seq} is expected and not known yet`));
  }
  return missing;
}

function unanswered(scan: FactScan): readonly Missing[] {
  const because = scan.reason === undefined ? '' : `: ${scan.reason}`;
  if (scan.state === 'failed') return [about(scan, `${called(scan)} failed${because}`)];
  if (scan.state === 'unavailable') return [about(scan, `${called(scan)} is not available${because}`)];
  if (scan.state !== 'evaluated') return [];
  return scan.notEvaluated.map(({ what, reason }) => about(scan, `${what} was not evaluated: ${reason}`));
}

/** A required class is covered by a completed run, or by tools that all say that there is nothing for them to look at. */
function uncovered(latest: readonly FactScan[], tolerance: Tolerance): readonly Missing[] {
  return tolerance.requires
    .filter((required) => !latest.some((scan) => scan.finds.includes(required)))
    .map((required) => ({ text: `Nothing looked for ${plural[required]}`, classes: [required] }));
}

const plural: Readonly<Record<FindingClass, string>> = {
  code: 'weaknesses in the code',
  configuration: 'mistakes in the configuration',
  licence: 'licences',
  secret: 'secrets',
  vulnerability: 'vulnerabilities',
};

function called(scan: FactScan): string {
  return `${scan.tool} (${scan.finds.join(', ')})`;
}

function about(scan: FactScan, text: string): Missing {
  return { text: plainText(text, 300), classes: scan.finds };
}

function everything(text: string): Missing {
  return { text: plainText(text, 300), classes: 'all' };
}

function short(commit: string | undefined): string {
  return (commit ?? '').slice(0, 7);
}
