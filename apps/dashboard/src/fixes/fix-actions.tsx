import { Button, Group, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { PlannedChange, RemediationDetail } from '@throughline/contracts';
import { useMay } from '../session/me.ts';
import { Facts } from '../ui/page.tsx';
import { ReasonDialog } from '../ui/reason-dialog.tsx';
import { Failure } from '../ui/state.tsx';
import { useChange } from '../ui/use-change.ts';

const standing = ['approved', 'open'];

const useFixChange = (id: string) => useChange<'approve' | 'reject' | 'undo'>('remediations', id, 'fix');

/** What may be done with a fix as it stands. */
export function FixActions({ fix }: { readonly fix: RemediationDetail }) {
  const may = useMay('remediations:write');
  const change = useFixChange(fix.id);
  const [asking, { open, close }] = useDisclosure(false);
  const [rejecting, rejection] = useDisclosure(false);
  if (!may) return null;
  const state = fix.fix?.state ?? '';
  const stands = standing.includes(state);
  const undoable = fix.fix !== undefined && !['undone', 'undoing', 'merged'].includes(state);
  return (
    <>
      {fix.plan && !stands && state !== 'undoing' && <Button onClick={open}>Approve…</Button>}
      {fix.plan && !stands && fix.state === 'proposed' && (
        <Button variant="default" onClick={rejection.open}>
          Reject…
        </Button>
      )}
      {undoable && (
        <Button variant="default" onClick={() => change.mutate({ what: 'undo', body: {} })} loading={change.isPending}>
          Undo
        </Button>
      )}
      {change.error && !rejecting && <Failure error={change.error} />}
      {fix.plan && <ApproveDialog opened={asking} close={close} fix={fix} plan={fix.plan} />}
      <ReasonDialog
        title="Reject the fix"
        action="Reject"
        opened={rejecting}
        close={rejection.close}
        error={change.error}
        pending={change.isPending}
        send={(reason) => change.mutate({ what: 'reject', body: { reason } }, { onSuccess: rejection.close })}
      >
        Nobody is asked again until another version would be raised to. The findings stay open.
      </ReasonDialog>
    </>
  );
}

interface ApproveDialogProps {
  readonly opened: boolean;
  readonly close: () => void;
  readonly fix: RemediationDetail;
  readonly plan: PlannedChange;
}

/** The approval names the edit that is shown: when it is another one by now, it is refused. */
function ApproveDialog({ opened, close, fix, plan }: ApproveDialogProps) {
  const change = useFixChange(fix.id);
  return (
    <Modal opened={opened} onClose={close} title="Approve the fix" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Text size="sm" mb="sm">
        Exactly the edit on this page is pushed into a branch of its own, and a change request is opened. Nothing is merged.
      </Text>
      <Facts
        of={[
          ['Branch', plan.branch],
          ['Into', plan.base],
          ['Title', plan.title],
          ['Files', fix.files.map((file) => file.path).join(', ')],
        ]}
      />
      {change.error && <Failure error={change.error} />}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button
          onClick={() => change.mutate({ what: 'approve', body: { diff: fix.diffDigest } }, { onSuccess: close })}
          loading={change.isPending}
          data-autofocus
        >
          Push and open
        </Button>
      </Group>
    </Modal>
  );
}
