import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { WaiverAnswer, WaiverDetail } from '@throughline/contracts';
import { call } from '../api.ts';
import { useMay } from '../session/me.ts';
import { ReasonDialog } from '../ui/reason-dialog.tsx';
import { Failure } from '../ui/state.tsx';

/** What may be done with an exception as it stands. The approval names exactly what is on the page. */
export function WaiverActions({ waiver }: { readonly waiver: WaiverDetail }) {
  const mayApprove = useMay('approvals:write');
  const mayRevoke = useMay('waivers:write');
  const change = useWaiverChange(waiver.id);
  const [revoking, { open, close }] = useDisclosure(false);
  if (waiver.state === 'ended') return null;
  const granted = waiver.state === 'granted';
  return (
    <>
      {!granted && mayApprove && waiver.mayApprove && (
        <Button onClick={() => change.mutate({ what: 'approve', body: { digest: waiver.digest } })} loading={change.isPending}>
          Approve
        </Button>
      )}
      {mayRevoke && (
        <Button variant="default" onClick={open}>
          {granted ? 'Revoke…' : 'Refuse…'}
        </Button>
      )}
      {change.error && !revoking && <Failure error={change.error} />}
      <ReasonDialog
        title={granted ? 'Revoke the exception' : 'Refuse the request'}
        action={granted ? 'Revoke' : 'Refuse'}
        opened={revoking}
        close={close}
        error={change.error}
        pending={change.isPending}
        send={(reason) => change.mutate({ what: 'revoke', body: { reason } }, { onSuccess: close })}
      >
        {granted ? 'What it covers counts again at once, and the heads it let through are judged anew.' : 'Nothing changes at the gates.'}
      </ReasonDialog>
    </>
  );
}

function useWaiverChange(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ what, body }: { readonly what: 'approve' | 'revoke'; readonly body: object }) =>
      call<WaiverAnswer>('POST', `waivers/${encodeURIComponent(id)}/${what}`, body),
    onSettled: () => void queries.invalidateQueries(),
  });
}
