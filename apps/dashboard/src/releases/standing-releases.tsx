import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { CheckReleaseAnswer, Page } from '@throughline/contracts';
import { get } from '../api.ts';
import { useMay } from '../session/me.ts';
import { Rows } from '../ui/listing.tsx';
import { Panel } from '../ui/page.tsx';
import { Empty, Failure, Loading } from '../ui/state.tsx';
import { releaseColumns } from './release-list.tsx';

/** More cannot be asked for or open at one time. */
const most = 20;

async function readStanding(): Promise<readonly CheckReleaseAnswer[]> {
  const [open, requested] = await Promise.all(
    ['open', 'requested'].map((state) => get<Page<CheckReleaseAnswer>>(`check-releases?limit=${most}&state=${state}`)),
  );
  return [...open!.items, ...requested!.items];
}

/** Whether checks pass unjudged now, or somebody waits for a second person to let them. */
export function StandingReleases() {
  const may = useMay('waivers:read');
  const standing = useQuery({ queryKey: ['standing-releases'], queryFn: readStanding, refetchInterval: 10_000, enabled: may });
  if (!may) return null;
  return (
    <Panel title="Check releases" aside={<Link to="/check-releases">all of them</Link>}>
      {standing.isPending && <Loading what="the check releases" lines={2} />}
      {standing.error && <Failure error={standing.error} retry={() => void standing.refetch()} />}
      {standing.data?.length === 0 && (
        <Empty>
          No check passes unjudged, and nobody has asked for that. While the platform or its scanners are away, two persons can{' '}
          <Link to="/check-releases">let checks pass for a while</Link>.
        </Empty>
      )}
      {standing.data && standing.data.length > 0 && (
        <Rows what="check releases" columns={releaseColumns} keyOf={({ id }) => id} items={standing.data} />
      )}
    </Panel>
  );
}
