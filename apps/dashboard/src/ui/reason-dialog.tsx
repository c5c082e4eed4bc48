import { Button, Group, Modal, Text, Textarea } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Failure } from './state.tsx';

interface ReasonDialogProps {
  readonly title: string;
  readonly action: string;
  readonly opened: boolean;
  readonly close: () => void;
  readonly error: Error | null;
  readonly pending: boolean;
  readonly send: (reason: string) => void;
  /** Characters; lines that are shown while it is short. */
  readonly longest?: number;
  readonly rows?: number;
  readonly children: ReactNode;
}

/** Asks for a reason before something is done that others will ask about. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { title, action, opened, close, error, pending, send, longest = 400, rows = 2, children } = props;
  const [reason, setReason] = useState('');
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send(reason.trim());
        }}
      >
        <Text size="sm" mb="sm">
          {children}
        </Text>
        <Textarea
          label="Reason"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={longest}
          minRows={rows}
          autosize
          required
          data-autofocus
        />
        {error && <Failure error={error} />}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" disabled={reason.trim() === ''} loading={pending}>
            {action}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
