import { Button, Code, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import type { HeldRecordDetail } from '@throughline/contracts';
import { call, get } from '../api.ts';
import { useMay } from '../session/me.ts';
import { ApplicationLink, Mono } from '../ui/links.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { Failure, PageFailure, Loading } from '../ui/state.tsx';
import { StateTag, utc } from '../ui/tags.tsx';

/** One held record: why, what it says, and what to do with it. */
export function HeldRecordPage() {
  const { service = '', id = '' } = useParams();
  const path = `held-records/${encodeURIComponent(service)}/${encodeURIComponent(id)}`;
  const record = useQuery({ queryKey: ['held-record', id], queryFn: () => get<HeldRecordDetail>(path) });

  if (record.isPending) return <Loading what="the record" />;
  if (record.error) return <PageFailure error={record.error} retry={() => void record.refetch()} />;
  const { data } = record;
  return (
    <>
      <PageHead
        title={data.type || 'A record that cannot be read'}
        above={{ to: '/held-records', label: 'Held records' }}
        tags={<StateTag state={data.state} />}
        actions={<Actions path={path} />}
      >
        {data.error}
      </PageHead>
      <Columns
        main={
          <>
            <Panel title="What it says">
              <Code block className="source" tabIndex={0} aria-label="The value of the record">
                {readable(data.value)}
              </Code>
            </Panel>
            <Panel title="Its headers">
              <Code block className="source" tabIndex={0} aria-label="The headers of the record">
                {readable(data.headers)}
              </Code>
            </Panel>
          </>
        }
        aside={<About record={data} />}
      />
    </>
  );
}

function About({ record }: { readonly record: HeldRecordDetail }) {
  return (
    <Panel title="About">
      <Facts
        of={[
          ['Could not be taken by', record.consumer],
          ['Attempts', record.attempts],
          ['Held', utc(record.heldAt)],
          ['Next attempt', record.nextAt && utc(record.nextAt)],
          ['Application', <ApplicationLink name={record.application} />],
          ['Topic', <Mono>{`${record.topic} [${record.partition}] ${record.offset}`}</Mono>],
          ['Key', <Mono>{record.key}</Mono>],
          ['Trace', record.traceId && <Mono>{record.traceId}</Mono>],
          ['Record id', <Mono>{record.id}</Mono>],
        ]}
      />
    </Panel>
  );
}

function Actions({ path }: { readonly path: string }) {
  const may = useMay('held-records:write');
  const navigate = useNavigate();
  const order = useMutation({
    mutationFn: (what: 'replay' | 'discard') => call<void>('POST', `${path}/${what}`),
    onSuccess: () => navigate('/held-records'),
  });
  if (!may) return null;
  return (
    <>
      <Group gap="xs">
        <Button onClick={() => order.mutate('replay')} loading={order.isPending}>
          Handle it again
        </Button>
        <Button
          variant="default"
          disabled={order.isPending}
          onClick={() => {
            if (window.confirm('Discard the record? What it reports will have no effect here.')) order.mutate('discard');
          }}
        >
          Discard…
        </Button>
      </Group>
      {order.error && <Failure error={order.error} />}
    </>
  );
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
