import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FixSettings, Page } from '@throughline/contracts';
import { call, get } from '../api.ts';
import { useMay } from '../session/me.ts';
import { Facts, Panel } from '../ui/page.tsx';
import { Failure } from '../ui/state.tsx';

const key = ['fix-settings'];

/** Whether approved fixes of an application are pushed; nobody's are until somebody says so. */
export function FixSettingsPanel({ application }: { readonly application: string }) {
  const mayRead = useMay('remediations:read');
  const may = useMay('applications:write');
  const queries = useQueryClient();
  const list = useQuery({ queryKey: key, queryFn: () => get<Page<FixSettings>>('remediations/settings?limit=200'), enabled: mayRead });
  const change = useMutation({
    mutationFn: (branches: boolean) => call<FixSettings>('PUT', `remediations/settings/${encodeURIComponent(application)}`, { branches }),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
  if (!list.data) return null;
  const known = list.data.items.find((one) => one.application === application);
  const pushed = known?.branches ?? false;
  return (
    <Panel
      title="Fixes"
      aside={
        may && (
          <Button size="compact-sm" variant="default" onClick={() => change.mutate(!pushed)} loading={change.isPending}>
            {pushed ? 'Only show them' : 'Allow branches'}
          </Button>
        )
      }
    >
      <Facts
        of={[
          ['Approved fixes', pushed ? 'are pushed into branches, with a change request' : 'are only shown: nothing is pushed'],
          ['Most in an hour', pushed && known ? String(known.perHour) : undefined],
          ['Wait after one failed', pushed && known ? `${known.cooldownMinutes} min` : undefined],
        ]}
      />
      {change.error && <Failure error={change.error} />}
    </Panel>
  );
}
