import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { AlertDetail } from '@throughline/contracts';
import { useMay } from '../session/me.ts';
import { ReasonDialog } from '../ui/reason-dialog.tsx';
import { Failure } from '../ui/state.tsx';
import { useAlertChange } from './use-alert-change.ts';

/** What may be done with an alert as it stands. */
export function AlertActions({ alert }: { readonly alert: AlertDetail }) {
  const may = useMay('alerts:write');
  const change = useAlertChange(alert.id);
  const [asking, { open, close }] = useDisclosure(false);
  if (!may || alert.state === 'resolved') return null;
  return (
    <>
      {alert.state === 'open' ? (
        <Button onClick={() => change.mutate({ what: 'ack' })} loading={change.isPending}>
          Acknowledge
        </Button>
      ) : (
        <Button variant="default" onClick={() => change.mutate({ what: 'unack' })} loading={change.isPending}>
          Give it back
        </Button>
      )}
      <Button variant="default" onClick={open}>
        Resolve…
      </Button>
      {change.error && !asking && <Failure error={change.error} />}
      <ResolveDialog opened={asking} close={close} alert={alert.id} />
    </>
  );
}

function ResolveDialog({ opened, close, alert }: { readonly opened: boolean; readonly close: () => void; readonly alert: string }) {
  const change = useAlertChange(alert);
  return (
    <ReasonDialog
      title="Resolve the alert by hand"
      action="Resolve"
      opened={opened}
      close={close}
      error={change.error}
      pending={change.isPending}
      send={(reason) => change.mutate({ what: 'resolve', body: { reason } }, { onSuccess: close })}
      longest={500}
      rows={3}
    >
      The decision stands: what blocks, blocks. An alert whose cause goes away resolves itself.
    </ReasonDialog>
  );
}
