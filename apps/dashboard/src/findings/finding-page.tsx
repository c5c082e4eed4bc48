import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { FindingDetail } from '@throughline/contracts';
import { get, withQuery } from '../api.ts';
import { FixesOf } from '../fixes/fixes-of.tsx';
import { AppLink } from '../ui/app-link.tsx';
import { WaiverLink } from '../ui/links.tsx';
import { Notice } from '../ui/notice.tsx';
import { Columns, PageHead, Panel } from '../ui/page.tsx';
import { PageFailure, Loading } from '../ui/state.tsx';
import { SeverityTag, StateTag, Tag, utc } from '../ui/tags.tsx';
import { FindingComments } from './finding-comments.tsx';
import { FindingFacts } from './finding-facts.tsx';
import { FindingHistory } from './finding-history.tsx';
import { FindingPlaces } from './finding-places.tsx';
import { FindingRiskPanel } from './finding-risk.tsx';
import { TriageForm } from './triage-form.tsx';

/** One finding: what and where, how dangerous and why, who saw it, what to do, and what people said. */
export function FindingPage() {
  const { id = '' } = useParams();
  const finding = useQuery({ queryKey: ['finding', id], queryFn: () => get<FindingDetail>(`findings/${encodeURIComponent(id)}`) });

  if (finding.isPending) return <Loading what="the finding" lines={10} />;
  if (finding.error) return <PageFailure error={finding.error} retry={() => void finding.refetch()} />;
  const { data } = finding;
  return (
    <>
      <PageHead
        title={data.title}
        above={{ to: '/findings', label: 'Findings' }}
        tags={
          <>
            <SeverityTag severity={data.severity} />
            <Tag tone={data.risk.priority === 'P1' ? 'alarm' : 'plain'}>{data.risk.priority}</Tag>
            <StateTag state={data.detection} />
            {data.kev && <Tag tone="alarm">known to be exploited</Tag>}
          </>
        }
      />
      <Columns
        main={
          <>
            <Accepted finding={data} />
            <WhatToDo finding={data} />
            <FixesOf title="Proposed fixes" query={{ finding: data.id }} />
            <FindingPlaces finding={data} />
            <FindingRiskPanel id={data.id} />
            <FindingComments id={data.id} />
            <FindingHistory id={data.id} />
          </>
        }
        aside={
          <>
            <FindingFacts finding={data} asked={id} />
            <TriageForm key={data.revision} finding={data} reload={() => void finding.refetch()} />
          </>
        }
      />
    </>
  );
}

/** Whether the risk is accepted, and the way to that. */
function Accepted({ finding: { id, waiver } }: { readonly finding: FindingDetail }) {
  if (!waiver) {
    return (
      <p className="small">
        Cannot be fixed now? <Link to={withQuery('/waivers/new', { finding: id })}>Ask for an exception</Link>
      </p>
    );
  }
  return (
    <Notice tone="info" title="Its risk is accepted for a time">
      <p>
        By exception <WaiverLink id={waiver.id}>{waiver.label}</WaiverLink>, until {utc(waiver.until)}.
      </p>
    </Notice>
  );
}

function WhatToDo({ finding: { component, fix, help, description, preview } }: { readonly finding: FindingDetail }) {
  const web = help !== undefined && /^https?:\/\//.test(help);
  return (
    <Panel title="What it is and what to do">
      {description && <p className="said">{description}</p>}
      {preview && (
        <p>
          What was found, masked: <code>{preview}</code>
        </p>
      )}
      {fix && component && (
        <p>
          Raise <span className="mono">{component.purl.replace(/^pkg:/, '')}</span> to <strong>{fix.version}</strong>.
        </p>
      )}
      {help && <p className="said">{web ? <AppLink href={help}>How it works and how to avoid it</AppLink> : help}</p>}
      {!description && !fix && !help && <p className="soft">The tool that reported it says no more than its title.</p>}
    </Panel>
  );
}
