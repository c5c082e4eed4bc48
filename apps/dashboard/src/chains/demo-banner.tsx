import { Button, Group, Modal, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Demo } from '@throughline/contracts';
import { useState } from 'react';
import { call, get } from '../api.ts';
import { useMay } from '../session/me.ts';
import { Panel } from '../ui/page.tsx';
import { Failure } from '../ui/state.tsx';

/** Says that what is seen is the demo's, as long as it is there, and takes it away. */
export function DemoBanner() {
  const may = useMay('sources:write');
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const demo = useQuery({
    queryKey: ['demo'],
    queryFn: () => get<Demo>('demo'),
    refetchInterval: ({ state }) => (state.data?.state === 'removing' ? 1_000 : 30_000),
  });
  const remove = useMutation({
    mutationFn: () => call<Demo>('DELETE', 'demo'),
    onSuccess: async () => {
      setAsking(false);
      await queries.invalidateQueries();
    },
  });
  const state = demo.data?.state;
  if (state !== 'present' && state !== 'removing') return null;
  const removal = may && state === 'present' && (
    <Button variant="default" size="xs" onClick={() => setAsking(true)}>
      Remove the demo
    </Button>
  );
  return (
    <Panel title="The demo is on" aside={removal || undefined}>
      {state === 'removing'
        ? 'It is being removed.'
        : 'demo-shop and all that came of it are an example. It is kept apart from your own repositories and can be removed at any time.'}
      <Modal opened={asking} onClose={() => setAsking(false)} title="Remove the demo?" closeButtonProps={{ 'aria-label': 'Close' }}>
        <Text size="sm">
          Its repository, chains, findings, alerts and messages go, and nothing of yours. <code>npx throughline demo run</code> puts it
          back.
        </Text>
        {remove.error && <Failure error={remove.error} />}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setAsking(false)}>
            Keep it
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            Remove it
          </Button>
        </Group>
      </Modal>
    </Panel>
  );
}
