import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ActionSwitch } from '@throughline/contracts';
import { call, get } from '../api.ts';
import { useMay } from '../session/me.ts';
import { Notice } from '../ui/notice.tsx';
import { ReasonDialog } from '../ui/reason-dialog.tsx';
import { utc } from '../ui/tags.tsx';

const key = ['action-switch'];

/** The switch for everything that is pushed, opened, closed or deleted: who turned it, why, and how to turn it back. */
export function ActionSwitchNotice() {
  const state = useQuery({ queryKey: key, queryFn: () => get<ActionSwitch>('remediations/switch'), refetchInterval: 10_000 });
  const may = useMay('remediations:write');
  const [asking, { open, close }] = useDisclosure(false);
  const queries = useQueryClient();
  const paused = state.data?.paused ?? false;
  const turn = useMutation({
    mutationFn: (reason: string) => call<ActionSwitch>('POST', `remediations/${paused ? 'resume' : 'pause'}`, { reason }),
    onSuccess: (now) => {
      queries.setQueryData(key, now);
      close();
    },
  });
  if (!state.data) return null;
  const { by = 'somebody', reason = '', at } = state.data;
  const button = may && (
    <Button size="compact-sm" variant="default" onClick={open}>
      {paused ? 'Resume…' : 'Pause all actions…'}
    </Button>
  );
  return (
    <>
      {paused ? (
        <Notice tone="warn" title="All actions are paused">
          <p>
            {by}
            {at && `, ${utc(at)}`}: {reason}. Nothing is pushed, opened, closed or deleted.
          </p>
          {button}
        </Notice>
      ) : (
        button
      )}
      <ReasonDialog
        title={paused ? 'Resume actions' : 'Pause all actions'}
        action={paused ? 'Resume' : 'Pause'}
        opened={asking}
        close={close}
        error={turn.error}
        pending={turn.isPending}
        send={(given) => turn.mutate(given)}
      >
        {paused
          ? 'By another person than who paused. What was halted is not repeated: it has to be approved again.'
          : 'Ends within a second whatever is being pushed, opened, closed or deleted, for all applications. A second person has to resume.'}
      </ReasonDialog>
    </>
  );
}
