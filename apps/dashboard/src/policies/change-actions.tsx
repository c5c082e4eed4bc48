import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { PolicyChange } from '@throughline/contracts';
import { call } from '../api.ts';
import { useMay } from '../session/me.ts';
import { ReasonDialog } from '../ui/reason-dialog.tsx';
import { Failure } from '../ui/state.tsx';

const unchanged = {
  publish: 'The policy stays as it is.',
  delete: 'The policy stays as it is.',
  bundle: 'The policies stay as they are.',
  application: 'The application stays as it is.',
} as const;

/** What may be done with a change that waits. The approval names exactly what is on the page. */
export function PolicyChangeActions({ change }: { readonly change: PolicyChange }) {
  const mayReject = useMay('policies:write');
  const decide = useDecision(change.id);
  const [rejecting, { open, close }] = useDisclosure(false);
  if (change.state !== 'awaiting_approval') return null;
  return (
    <>
      {change.mayApprove && (
        <Button onClick={() => decide.mutate({ what: 'approve', body: { digest: change.digest } })} loading={decide.isPending}>
          Approve
        </Button>
      )}
      {mayReject && (
        <Button variant="default" onClick={open}>
          Reject…
        </Button>
      )}
      {decide.error && !rejecting && <Failure error={decide.error} />}
      <ReasonDialog
        title="Reject the change"
        action="Reject"
        opened={rejecting}
        close={close}
        error={decide.error}
        pending={decide.isPending}
        send={(reason) => decide.mutate({ what: 'reject', body: { reason } }, { onSuccess: close })}
      >
        {unchanged[change.kind]}
      </ReasonDialog>
    </>
  );
}

function useDecision(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ what, body }: { readonly what: 'approve' | 'reject'; readonly body: object }) =>
      call<PolicyChange>('POST', `policies/changes/${encodeURIComponent(id)}/${what}`, body),
    onSettled: () => void queries.invalidateQueries(),
  });
}
