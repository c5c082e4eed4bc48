import { Button, Code, CopyButton, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import type { FindingAnswer, RemediationDetail } from '@throughline/contracts';
import { get, withQuery } from '../api.ts';
import { findingColumns } from '../findings/finding-columns.tsx';
import { ApplicationLink, branchOf, ChainLink, CommitLink, Mono, RepositoryLink } from '../ui/links.tsx';
import { Listing, useList } from '../ui/listing.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { PageFailure, Loading } from '../ui/state.tsx';
import { StateTag, utc } from '../ui/tags.tsx';
import { AppliedPanel, AppliedTags } from './applied-fix.tsx';
import { Diff } from './diff.tsx';
import { FixActions } from './fix-actions.tsx';

const meanings: Readonly<Record<string, string>> = {
  preparing: 'The edit is being worked out.',
  proposed: 'The edit is ready. Approve it to have it pushed into a branch, or apply it yourself.',
  impossible: 'No exact edit can be made.',
  gone: 'The findings that it would close are no longer there.',
};

/** One proposed fix: the exact edit, what it closes, and how to apply it. */
export function FixPage() {
  const { id = '' } = useParams();
  const fix = useQuery({
    queryKey: ['fix', id],
    queryFn: () => get<RemediationDetail>(`remediations/${encodeURIComponent(id)}`),
    refetchInterval: 10_000,
  });

  if (fix.isPending) return <Loading what="the fix" lines={10} />;
  if (fix.error) return <PageFailure error={fix.error} retry={() => void fix.refetch()} />;
  const { data } = fix;
  return (
    <>
      <PageHead
        title={data.summary}
        above={{ to: '/fixes', label: 'Fixes' }}
        tags={
          <>
            <StateTag state={data.state} />
            {data.fix && <AppliedTags fix={data.fix} />}
          </>
        }
      >
        {data.reason ?? meanings[data.state]}
      </PageHead>
      <Group mb="md">
        <FixActions fix={data} />
      </Group>
      <Columns
        main={
          <>
            <Edit fix={data} />
            <Closes fix={data} />
          </>
        }
        aside={
          <>
            {data.fix && <AppliedPanel fix={data.fix} />}
            <About fix={data} />
            <Panel title="Commit message">
              <Code block className="wrapped">
                {data.commitMessage}
              </Code>
            </Panel>
          </>
        }
      />
    </>
  );
}

function Edit({ fix }: { readonly fix: RemediationDetail }) {
  if (fix.diff === undefined) return null;
  return (
    <Panel
      title="The exact edit"
      aside={
        <CopyButton value={fix.diff}>
          {({ copied, copy }) => (
            <Button size="compact-sm" variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy for git apply'}
            </Button>
          )}
        </CopyButton>
      }
    >
      <Diff text={fix.diff} />
      {fix.notes.length > 0 && (
        <ul className="bullets small">
          {fix.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Closes({ fix }: { readonly fix: RemediationDetail }) {
  const list = useList<FindingAnswer>(withQuery('findings', { id: fix.findings.join(','), sort: '-risk' }));
  return (
    <Panel title={fix.findings.length === 1 ? 'The finding that it closes' : `The ${fix.findings.length} findings that it closes`}>
      <Listing
        list={list}
        what="findings that it closes"
        columns={findingColumns.filter(({ head }) => ['Finding', 'Risk', 'State', 'Due'].includes(head))}
        keyOf={(finding) => finding.id}
        empty="The findings are no longer kept, or not yours to see."
      />
    </Panel>
  );
}

function About({ fix }: { readonly fix: RemediationDetail }) {
  return (
    <Panel title="About">
      <Facts
        of={[
          ['Package', <Mono>{fix.package.replace(/^pkg:/, '')}</Mono>],
          ['From, to', `${fix.from} → ${fix.to}`],
          [
            'Files',
            <ul className="plain-list">
              {fix.files.map((file) => (
                <li key={file.path}>
                  <Mono>{file.path}</Mono> {file.kind}
                </li>
              ))}
            </ul>,
          ],
          ['Repository', <RepositoryLink repository={fix.repository} />],
          ['Line', branchOf(fix.line)],
          ['Made for', <CommitLink commit={fix.commit} />],
          ['Application', <ApplicationLink name={fix.application} />],
          ['Chain', <ChainLink id={fix.chain} />],
          ['Proposed', utc(fix.createdAt)],
          ['Last changed', utc(fix.updatedAt)],
          ['Digest of the edit', fix.diffDigest && <Mono>{fix.diffDigest}</Mono>],
          ['Fix id', <Mono>{fix.id}</Mono>],
        ]}
      />
    </Panel>
  );
}
