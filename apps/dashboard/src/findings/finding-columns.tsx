import type { FindingAnswer } from '@throughline/contracts';
import { FindingLink, Mono, Path, RepositoryLink } from '../ui/links.tsx';
import type { Column } from '../ui/listing.tsx';
import { Due, SeverityTag, Tag, When } from '../ui/tags.tsx';

/** Place of a finding: file and line, else the package. */
export function placeOf({ location, component }: Pick<FindingAnswer, 'location' | 'component'>): string {
  if (location) return location.line ? `${location.path}:${location.line}` : location.path;
  return component?.purl.replace(/^pkg:/, '') ?? '';
}

/** Nothing for what is not there. */
export function DueOf({ finding }: { readonly finding: Pick<FindingAnswer, 'detection' | 'risk'> }) {
  if (!['open', 'not_evaluated'].includes(finding.detection)) return null;
  const { due, pausedSince } = finding.risk;
  return pausedSince === undefined ? <Due time={due} /> : <span className="soft">stands since {pausedSince.slice(0, 10)}</span>;
}

/** Findings as every list shows them. */
export const findingColumns: readonly Column<FindingAnswer>[] = [
  {
    head: 'Finding',
    wide: true,
    cell: (finding) => (
      <>
        <FindingLink id={finding.id}>{finding.title}</FindingLink>
        <div className="soft small">
          {finding.class} · <span className="mono">{finding.cve ?? finding.rule}</span>
          {finding.kev && ' · known to be exploited'}
        </div>
      </>
    ),
  },
  {
    head: 'Risk',
    cell: (finding) => (
      <span className="pair">
        <SeverityTag severity={finding.severity} />
        <Tag>{finding.risk.priority}</Tag>
      </span>
    ),
  },
  {
    head: 'State',
    cell: (finding) => (
      <>
        {finding.detection.replaceAll('_', ' ')}
        {finding.triage !== 'new' && <div className="soft small">{finding.triage.replaceAll('_', ' ')}</div>}
      </>
    ),
  },
  {
    head: 'Where',
    cell: (finding) => (
      <>
        <Mono>
          <Path of={placeOf(finding)} />
        </Mono>
        <div className="small">
          <RepositoryLink repository={finding.repository} />
        </div>
      </>
    ),
  },
  { head: 'Fixed in', cell: (finding) => finding.component?.fixedIn },
  { head: 'Due', cell: (finding) => <DueOf finding={finding} /> },
  { head: 'First seen', cell: (finding) => <When time={finding.firstSeen} /> },
];
