import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import type { PolicyBundleDetail, SigningKey } from '@throughline/contracts';
import { get } from '../api.ts';
import { Mono, PolicyLink } from '../ui/links.tsx';
import { Rows } from '../ui/listing.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { Loading, PageFailure } from '../ui/state.tsx';
import { Tag, utc } from '../ui/tags.tsx';
import { KeyTag, usePolicyKeys } from './bundle-list.tsx';
import { checkSignature, type SignatureState } from './bundle-signature.ts';
import { Rollback } from './rollback.tsx';

const useBundle = (sequence: string) =>
  useQuery({ queryKey: ['bundle', sequence], queryFn: () => get<PolicyBundleDetail>(`policies/bundles/${encodeURIComponent(sequence)}`) });

/** One bundle: who signed what, how it differs from what is in force, and the way back to it. */
export function BundlePage() {
  const { sequence = '' } = useParams();
  const bundle = useBundle(sequence);
  const current = useBundle('current').data;

  if (bundle.isPending) return <Loading what="the bundle" />;
  if (bundle.error) return <PageFailure error={bundle.error} retry={() => void bundle.refetch()} />;
  const { data } = bundle;
  const inForce = current && current.sequence === data.sequence;
  return (
    <>
      <PageHead
        title={`Policy bundle ${data.sequence}`}
        above={{ to: '/policies/bundles', label: 'Policy bundles' }}
        tags={inForce && <Tag tone="good">in force</Tag>}
        actions={current && !inForce && <Rollback to={data.sequence} from={current.sequence} />}
      >
        {data.note}
      </PageHead>
      <Columns main={<Contents bundle={data} current={current} />} aside={<About bundle={data} />} />
    </>
  );
}

interface ContentsProps {
  readonly bundle: PolicyBundleDetail;
  readonly current: PolicyBundleDetail | undefined;
}

function Contents({ bundle, current }: ContentsProps) {
  const since = current?.contents.filter(({ name }) => !bundle.contents.some((one) => one.name === name)) ?? [];
  const difference = ({ name, digest }: { readonly name: string; readonly digest: string }) => {
    if (!current) return undefined;
    const now = current.contents.find((one) => one.name === name);
    if (!now) return <Tag tone="warn">no longer in force</Tag>;
    return now.digest === digest ? <Tag tone="good">the same</Tag> : <Tag tone="warn">{`version ${now.version}`}</Tag>;
  };
  return (
    <Panel title="Policies in it">
      <Rows
        what="policies"
        items={bundle.contents}
        keyOf={({ name }) => name}
        columns={[
          { head: 'Policy', wide: true, cell: ({ name, version }) => <PolicyLink name={name} version={version} /> },
          { head: 'Digest', cell: ({ digest }) => <Mono>{digest.slice(7, 19)}</Mono> },
          { head: 'In force now', cell: difference },
        ]}
      />
      {since.length > 0 && <p className="soft small">In force now and not in it: {since.map(({ name }) => name).join(', ')}.</p>}
    </Panel>
  );
}

function About({ bundle }: { readonly bundle: PolicyBundleDetail }) {
  const keys = usePolicyKeys().data?.items;
  return (
    <Panel title="Signature">
      <Facts
        of={[
          ['State', keys && <Signature bundle={bundle} keys={keys} />],
          ['Signed with', <KeyTag id={bundle.keyId} keys={keys} />],
          ['Digest', <Mono>{bundle.digest}</Mono>],
          ['Published', `${utc(bundle.publishedAt)} by ${bundle.by}`],
        ]}
      />
      <p className="below soft small">
        Checked here against the keys that the platform names. Against keys that you have kept, and without the platform:{' '}
        <code>throughline policy verify</code>.
      </p>
    </Panel>
  );
}

const words: Readonly<Record<SignatureState, readonly [tone: 'good' | 'bad' | 'warn', text: string]>> = {
  holds: ['good', 'holds'],
  broken: ['bad', 'does not hold'],
  unknown_key: ['bad', 'unknown key'],
  not_checked: ['warn', 'this browser cannot check it'],
};

function Signature({ bundle, keys }: { readonly bundle: PolicyBundleDetail; readonly keys: readonly SigningKey[] }) {
  const checked = useQuery({
    queryKey: ['bundle-signature', bundle.sequence, keys.length],
    queryFn: () => checkSignature(bundle, keys),
    retry: false,
  });
  if (checked.isPending) return null;
  const [tone, text] = words[checked.data ?? 'broken'];
  return <Tag tone={tone}>{text}</Tag>;
}
