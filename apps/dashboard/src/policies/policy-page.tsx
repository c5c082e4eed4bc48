import { Code } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import type { PolicyDetail, PolicyVersion } from '@throughline/contracts';
import { get } from '../api.ts';
import { Mono } from '../ui/links.tsx';
import { Listing, useList } from '../ui/listing.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { PageFailure, Loading } from '../ui/state.tsx';
import { SeverityTag, Tag, utc, When } from '../ui/tags.tsx';

/** One policy: its text with its cases, and its versions. */
export function PolicyPage() {
  const { name = '' } = useParams();
  const policy = useQuery({ queryKey: ['policy', name], queryFn: () => get<PolicyDetail>(`policies/${encodeURIComponent(name)}`) });

  if (policy.isPending) return <Loading what="the policy" />;
  if (policy.error) return <PageFailure error={policy.error} retry={() => void policy.refetch()} />;
  const { data } = policy;
  return (
    <>
      <PageHead
        title={data.name}
        above={{ to: '/policies', label: 'Policies' }}
        tags={<Tag tone={data.mode === 'enforce' ? 'good' : 'warn'}>{data.mode}</Tag>}
      >
        {data.description}
      </PageHead>
      <Columns
        main={
          <Panel title={`Version ${data.version}, with its cases`}>
            <Code block className="source tall" tabIndex={0} aria-label="The policy as it was published">
              {data.source}
            </Code>
          </Panel>
        }
        aside={
          <>
            <About policy={data} />
            <Versions name={data.name} />
          </>
        }
      />
    </>
  );
}

function About({ policy }: { readonly policy: PolicyDetail }) {
  return (
    <Panel title="About">
      <Facts
        of={[
          ['Gates', policy.gates.join(', ')],
          ['Severity', <SeverityTag severity={policy.severity} />],
          ['When unsure', policy.failMode === 'closed' ? 'it blocks (fail closed)' : 'it lets pass (fail open)'],
          [
            'Controls',
            policy.controls.length > 0 && (
              <ul className="plain-list">
                {policy.controls.map((control) => (
                  <li key={control}>{control}</li>
                ))}
              </ul>
            ),
          ],
          ['Published', `${utc(policy.publishedAt)} by ${policy.by}`],
          ['Digest', <Mono>{policy.digest}</Mono>],
        ]}
      />
    </Panel>
  );
}

function Versions({ name }: { readonly name: string }) {
  const list = useList<PolicyVersion>(`policies/${encodeURIComponent(name)}/versions`);
  return (
    <Panel title="Versions">
      <Listing
        list={list}
        what="versions"
        keyOf={(version) => String(version.version)}
        empty="None."
        columns={[
          { head: 'Version', cell: (version) => <Mono>{version.version}</Mono> },
          { head: 'By', wide: true, cell: (version) => version.by },
          { head: 'When', cell: (version) => <When time={version.publishedAt} /> },
        ]}
      />
    </Panel>
  );
}
