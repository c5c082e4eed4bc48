import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Page, ScannerState } from '@throughline/contracts';
import { get } from '../api.ts';
import { StandingReleases } from '../releases/standing-releases.tsx';
import { useMe } from '../session/me.ts';
import { Rows } from '../ui/listing.tsx';
import { Facts, PageHead, Panel } from '../ui/page.tsx';
import { Failure, Loading } from '../ui/state.tsx';
import { StateTag, Tag, utc } from '../ui/tags.tsx';

interface Readiness {
  readonly status: string;
  readonly checks?: Readonly<Record<string, { readonly status: string; readonly detail?: string }>>;
}

async function readReadiness(): Promise<Readiness> {
  const response = await fetch('/readyz', { signal: AbortSignal.timeout(10_000) });
  return (await response.json()) as Readiness;
}

/** What runs, what does not, whether checks pass unjudged, which scanners can answer, and what the reader may do. */
export function SystemPage() {
  const readiness = useQuery({ queryKey: ['readyz'], queryFn: readReadiness, refetchInterval: 10_000 });
  return (
    <>
      <PageHead
        title="System"
        tags={readiness.data && <Tag tone={readiness.data.status === 'ready' ? 'good' : 'bad'}>{readiness.data.status}</Tag>}
      >
        What could not be handled is under <Link to="/held-records">held records</Link>, what could not be sent under{' '}
        <Link to="/messages?state=dead">messages</Link>. For programs: <a href="/api/docs">the interface</a>.
      </PageHead>
      <Panel title="Services, broker and databases">
        {readiness.isPending && <Loading what="the services" lines={10} />}
        {readiness.error && <Failure error={readiness.error} retry={() => void readiness.refetch()} />}
        {readiness.data && <Checks readiness={readiness.data} />}
      </Panel>
      <StandingReleases />
      <Scanners />
      <OwnRights />
    </>
  );
}

function Checks({ readiness }: { readonly readiness: Readiness }) {
  return (
    <Rows
      what="parts"
      items={Object.entries(readiness.checks ?? {})}
      keyOf={([name]) => name}
      columns={[
        { head: 'Part', cell: ([name]) => name },
        { head: 'State', cell: ([, check]) => <StateTag state={check.status} /> },
        { head: 'Detail', wide: true, cell: ([, check]) => check.detail },
      ]}
    />
  );
}

function Scanners() {
  const scanners = useQuery({ queryKey: ['scanners'], queryFn: () => get<Page<ScannerState>>('scanners') });
  return (
    <Panel title="Scanners">
      <p className="soft small">
        A scanner that is not available never counts as a clean result. The canary is a file in which each must find something.
      </p>
      {scanners.isPending && <Loading what="the scanners" />}
      {scanners.error && <Failure error={scanners.error} retry={() => void scanners.refetch()} />}
      {scanners.data && (
        <Rows
          what="scanners"
          items={scanners.data.items}
          keyOf={(scanner) => scanner.name}
          columns={[
            {
              head: 'Scanner',
              cell: (scanner) => (
                <>
                  {scanner.name} <span className="soft small">{scanner.version}</span>
                </>
              ),
            },
            { head: 'State', cell: (scanner) => <StateTag state={scanner.state} /> },
            { head: 'Finds', cell: (scanner) => scanner.finds.join(', ') },
            { head: 'Canary', cell: (scanner) => <StateTag state={scanner.canary} /> },
            { head: 'Sandbox', cell: (scanner) => scanner.sandbox },
            { head: 'Size', cell: ({ megabytes }) => megabytes !== undefined && `${megabytes} MB` },
            { head: 'Why not', cell: (scanner) => (scanner.state === 'not_added' ? <Ask scanner={scanner} /> : scanner.reason) },
          ]}
        />
      )}
    </Panel>
  );
}

/** What to type to have a scanner that nobody gets unasked. */
function Ask({ scanner: { tool, name } }: { readonly scanner: ScannerState }) {
  return (
    <>
      Nobody asked for it: <code>npx throughline scanners add {tool ?? name}</code>
    </>
  );
}

function OwnRights() {
  const me = useMe().data;
  if (!me) return null;
  return (
    <Panel title="What you may do">
      <Facts
        of={[
          ['Signed in as', me.name],
          ['Rights', me.rights.includes('*') ? 'everything' : me.rights.join(', ')],
          ['Team', me.team],
          ['Applications', me.applications?.join(', ') ?? 'all'],
          ['Until', me.expiresAt && utc(me.expiresAt)],
        ]}
      />
    </Panel>
  );
}
