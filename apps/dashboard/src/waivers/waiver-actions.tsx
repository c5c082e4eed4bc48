import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { WaiverDetail } from '@throughline/contracts';
import { useMay } from '../session/me.ts';
import { ReasonDialog } from '../ui/reason-dialog.tsx';
import { Failure } from '../ui/state.tsx';
import { useChange } from '../ui/use-change.ts';

/** What may be done with an exception as it stands. The approval names exactly what is on the page. */
export function WaiverActions({ waiver }: { readonly waiver: WaiverDetail }) {
  const mayApprove = useMay('approvals:write');
  const mayRevoke = useMay('waivers:write');
  const change = useChange<'approve' | 'revoke'>('waivers', waiver.id);
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
