import { Button, Group, Modal, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import type { AlertDetail } from '@throughline/contracts';
import { useMay } from '../session/me.ts';
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
  const [reason, setReason] = useState('');
  const change = useAlertChange(alert);
  return (
    <Modal opened={opened} onClose={close} title="Resolve the alert by hand" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ what: 'resolve', body: { reason: reason.trim() } }, { onSuccess: close });
        }}
      >
        <Text size="sm" mb="sm">
          The decision stands: what blocks, blocks. An alert whose cause goes away resolves itself.
        </Text>
        <Textarea
          label="Reason"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          minRows={3}
          autosize
          required
          data-autofocus
        />
        {change.error && <Failure error={change.error} />}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" disabled={reason.trim() === ''} loading={change.isPending}>
            Resolve
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
