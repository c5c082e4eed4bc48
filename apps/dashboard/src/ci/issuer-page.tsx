import { Button, Group, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { CiIssuer } from '@throughline/contracts';
import { call, get } from '../api.ts';
import { useMay } from '../session/me.ts';
import { Mono, Path } from '../ui/links.tsx';
import { Listing, Rows, useList } from '../ui/listing.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { Failure, Loading, PageFailure } from '../ui/state.tsx';
import { Tag, utc, When } from '../ui/tags.tsx';
import { IssuerForm } from './issuer-form.tsx';

/** One issuer: for which repositories its jobs speak, and what it said before. */
export function IssuerPage() {
  const { name = '' } = useParams();
  const issuer = useQuery({ queryKey: ['ci-issuer', name], queryFn: () => get<CiIssuer>(`ci-issuers/${encodeURIComponent(name)}`) });
  const may = useMay('ci-issuers:write');
  const [begin, setBegin] = useState<CiIssuer>();

  if (issuer.isPending) return <Loading what="the issuer" />;
  if (issuer.error) return <PageFailure error={issuer.error} retry={() => void issuer.refetch()} />;
  const { data } = issuer;
  return (
    <>
      <PageHead
        title={data.name}
        above={{ to: '/ci-issuers', label: 'CI issuers' }}
        tags={<Tag>{data.kind}</Tag>}
        actions={
          may &&
          !begin && (
            <>
              <Button variant="default" onClick={() => setBegin(data)}>
                Change
              </Button>
              <Remove issuer={data} />
            </>
          )
        }
      />
      {begin && (
        <IssuerForm key={begin.version} known={data} begin={begin} done={() => setBegin(undefined)} cancel={() => setBegin(undefined)} />
      )}
      <Columns
        main={<Bound issuer={data} />}
        aside={
          <>
            <About issuer={data} />
            <Versions issuer={data} takeUp={may ? setBegin : undefined} />
          </>
        }
      />
    </>
  );
}

function Bound({ issuer }: { readonly issuer: CiIssuer }) {
  return (
    <Panel title="Repositories that its jobs speak for">
      <Rows
        what="repositories"
        items={issuer.repositories}
        keyOf={({ repository }) => repository}
        columns={[
          { head: 'Repository', wide: true, cell: ({ repository }) => <Path of={repository} /> },
          { head: 'Its id', cell: ({ repositoryId }) => <Mono>{repositoryId}</Mono> },
          { head: 'Id of its owner', cell: ({ ownerId }) => <Mono>{ownerId}</Mono> },
          { head: 'Counts beyond the change gate', wide: true, cell: ({ protectedRefs, workflows }) => counts(protectedRefs, workflows) },
        ]}
      />
    </Panel>
  );
}

function counts(refs: readonly string[] | undefined, workflows: readonly string[] | undefined): string {
  const where = refs ? refs.join(', ') : 'refs that the build system calls protected';
  return workflows ? `${where}; only in ${workflows.join(', ')}` : where;
}

function About({ issuer }: { readonly issuer: CiIssuer }) {
  const claims = Object.entries(issuer.claims ?? {}).map(([what, claim]) => `${what}: ${String(claim)}`);
  return (
    <Panel title="About">
      <Facts
        of={[
          ['Issuer', <Path of={issuer.issuer} />],
          ['Audience', issuer.audience ?? 'the public address of the platform'],
          ['Claims', claims.join(', ')],
          ['Changed', `${utc(issuer.updatedAt)} by ${issuer.updatedBy}`],
          ['Version', String(issuer.version)],
        ]}
      />
    </Panel>
  );
}

interface VersionsProps {
  readonly issuer: CiIssuer;
  readonly takeUp: ((earlier: CiIssuer) => void) | undefined;
}

/** Going back is putting an earlier version again. */
function Versions({ issuer: { name, version: now }, takeUp }: VersionsProps) {
  const list = useList<CiIssuer>(`ci-issuers/${encodeURIComponent(name)}/versions`);
  return (
    <Panel title="What it said">
      <Listing
        list={list}
        what="versions"
        keyOf={({ version }) => String(version)}
        empty="Nothing."
        columns={[
          { head: 'Version', cell: ({ version }) => <Mono>{version}</Mono> },
          {
            head: 'By',
            wide: true,
            cell: ({ updatedBy, updatedAt }) => (
              <>
                {updatedBy}, <When time={updatedAt} />
              </>
            ),
          },
          {
            head: 'Again',
            cell: (earlier) =>
              takeUp &&
              earlier.version !== now && (
                <Button size="compact-xs" variant="default" onClick={() => takeUp(earlier)}>
                  Take up {earlier.version}
                </Button>
              ),
          },
        ]}
      />
    </Panel>
  );
}

function Remove({ issuer: { name, version } }: { readonly issuer: CiIssuer }) {
  const [asking, { open, close }] = useDisclosure(false);
  const queries = useQueryClient();
  const go = useNavigate();
  const remove = useMutation({
    mutationFn: () => call<undefined>('DELETE', `ci-issuers/${encodeURIComponent(name)}`, undefined, { 'if-match': `"${version}"` }),
    onSuccess: () => {
      queries.removeQueries({ queryKey: ['ci-issuer', name] });
      void queries.invalidateQueries({ queryKey: ['list'] });
      void go('/ci-issuers');
    },
  });
  return (
    <>
      <Button variant="default" onClick={open}>
        Remove…
      </Button>
      <Modal opened={asking} onClose={close} title={`Remove ${name}`} closeButtonProps={{ 'aria-label': 'Close' }}>
        <Text size="sm">Its tokens are refused from now on, and jobs that are in are put out. What they have said stays.</Text>
        {remove.error && <Failure error={remove.error} />}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={close} data-autofocus>
            Cancel
          </Button>
          <Button color="red" onClick={() => remove.mutate()} loading={remove.isPending}>
            Remove
          </Button>
        </Group>
      </Modal>
    </>
  );
}
