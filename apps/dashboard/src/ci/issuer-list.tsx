import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, useNavigate } from 'react-router';
import type { CiIssuer } from '@throughline/contracts';
import { useMay } from '../session/me.ts';
import { Path } from '../ui/links.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { Tag, When } from '../ui/tags.tsx';
import { IssuerForm } from './issuer-form.tsx';

export const pageOfIssuer = (name: string): string => `/ci-issuers/${encodeURIComponent(name)}`;

const columns: readonly Column<CiIssuer>[] = [
  { head: 'Name', cell: ({ name }) => <Link to={pageOfIssuer(name)}>{name}</Link> },
  { head: 'Build system', cell: ({ kind }) => <Tag>{kind}</Tag> },
  { head: 'Issuer', wide: true, cell: ({ issuer }) => <Path of={issuer} /> },
  { head: 'Repositories', cell: ({ repositories }) => repositories.length },
  { head: 'Changed by', cell: ({ updatedBy }) => updatedBy },
  { head: 'When', cell: ({ updatedAt }) => <When time={updatedAt} /> },
];

/** Build systems whose jobs come in without a secret. */
export function IssuerList() {
  const list = useList<CiIssuer>('ci-issuers');
  const may = useMay('ci-issuers:write');
  const go = useNavigate();
  const [adding, { open, close }] = useDisclosure(false);
  return (
    <>
      <PageHead title="CI issuers" actions={may && !adding && <Button onClick={open}>Add an issuer</Button>}>
        Build systems whose jobs upload reports and ask gates without a secret: what a job says counts for its own repository, commit and
        ref, and for nothing else.
      </PageHead>
      {adding && <IssuerForm done={({ name }) => void go(pageOfIssuer(name))} cancel={close} />}
      <Listing
        list={list}
        what="CI issuers"
        columns={columns}
        keyOf={({ name }) => name}
        empty="None: a job needs a token of its own to come in. An issuer spares its repositories that secret."
      />
    </>
  );
}
