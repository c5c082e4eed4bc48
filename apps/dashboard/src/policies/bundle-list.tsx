import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Page, PolicyBundleSummary, SigningKey } from '@throughline/contracts';
import { get } from '../api.ts';
import { Mono } from '../ui/links.tsx';
import { Listing, useList } from '../ui/listing.tsx';
import { PageHead } from '../ui/page.tsx';
import { Tag, When } from '../ui/tags.tsx';

export const usePolicyKeys = () => useQuery({ queryKey: ['policy-keys'], queryFn: () => get<Page<SigningKey>>('policies/keys') });

/** Everything that was in force together, the latest first. */
export function BundleList() {
  const list = useList<PolicyBundleSummary>('policies/bundles');
  const keys = usePolicyKeys().data?.items;
  const latest = list.data?.pages[0]?.items[0]?.sequence;
  return (
    <>
      <PageHead title="Policy bundles" above={{ to: '/policies', label: 'Policies' }}>
        What was in force together, signed, under numbers that only rise. Every change of a policy makes the next one; going back makes one,
        too.
      </PageHead>
      <Listing
        list={list}
        what="policy bundles"
        keyOf={({ sequence }) => String(sequence)}
        empty="None yet: nothing was published."
        columns={[
          {
            head: 'Sequence',
            cell: ({ sequence }) => (
              <>
                <Link to={`/policies/bundles/${sequence}`}>{sequence}</Link> {sequence === latest && <Tag tone="good">in force</Tag>}
              </>
            ),
          },
          { head: 'Policies', cell: ({ policies }) => policies },
          { head: 'Why', wide: true, cell: ({ note }) => note },
          { head: 'Digest', cell: ({ digest }) => <Mono>{digest.slice(7, 19)}</Mono> },
          { head: 'Signed with', cell: ({ keyId }) => <KeyTag id={keyId} keys={keys} /> },
          { head: 'By', cell: ({ by }) => by },
          { head: 'When', cell: ({ publishedAt }) => <When time={publishedAt} /> },
        ]}
      />
    </>
  );
}

/** What became of a key since it signed. */
export function KeyTag({ id, keys }: { readonly id: string; readonly keys: readonly SigningKey[] | undefined }) {
  const key = keys?.find((one) => one.id === id);
  const state = keys && (!key ? <Tag tone="bad">unknown key</Tag> : key.retiredAt && <Tag tone="plain">retired</Tag>);
  return (
    <>
      <span className="mono" title={id}>
        {id.slice(0, 12)}
      </span>{' '}
      {state}
    </>
  );
}
