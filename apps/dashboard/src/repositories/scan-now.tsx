import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { StartedScan, WatchedRepository } from '@throughline/contracts';
import { call } from '../api.ts';
import { useMay } from '../session/me.ts';
import { ChainLink } from '../ui/links.tsx';
import { Failure } from '../ui/state.tsx';

/** Asks for a scan of the default branch as it stands now. */
export function ScanNow({ repository }: { readonly repository: WatchedRepository }) {
  const may = useMay('scans:write');
  const queries = useQueryClient();
  const scan = useMutation({
    mutationFn: () => call<StartedScan>('POST', `repositories/${repository.id}/scan`, {}),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['list'] }),
  });
  if (!may) return null;
  return (
    <>
      <span aria-live="polite" className="small">
        {scan.data && (
          <>
            Scanning {scan.data.commit.slice(0, 12)}: <ChainLink id={scan.data.chain}>follow it</ChainLink>
          </>
        )}
      </span>
      <Button onClick={() => scan.mutate()} loading={scan.isPending}>
        Scan now
      </Button>
      {scan.error && <Failure error={scan.error} />}
    </>
  );
}
