import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import type { Notification } from '@throughline/contracts';
import { call, get } from '../api.ts';
import { useMay } from '../session/me.ts';
import { AlertLink, ApplicationLink, CommitLink, Mono, RepositoryLink } from '../ui/links.tsx';
import { Rows } from '../ui/listing.tsx';
import { Columns, Facts, PageHead, Panel } from '../ui/page.tsx';
import { Empty, Failure, PageFailure, Loading } from '../ui/state.tsx';
import { StateTag, utc } from '../ui/tags.tsx';

/** One message to one channel, with every attempt. */
export function MessagePage() {
  const { id = '' } = useParams();
  const message = useQuery({
    queryKey: ['message', id],
    queryFn: () => get<Notification>(`notifications/${encodeURIComponent(id)}`),
    refetchInterval: 5_000,
  });

  if (message.isPending) return <Loading what="the message" />;
  if (message.error) return <PageFailure error={message.error} retry={() => void message.refetch()} />;
  const { data } = message;
  return (
    <>
      <PageHead
        title={data.summary}
        above={{ to: '/messages', label: 'Messages' }}
        tags={<StateTag state={data.state} />}
        actions={<Resend message={data} />}
      />
      <Columns
        main={
          <Panel title="Attempts">
            {data.history.length === 0 ? (
              <Empty>It was not tried yet: messages of one conversation go out in order.</Empty>
            ) : (
              <Rows
                what="attempts"
                items={data.history}
                keyOf={(attempt) => attempt.at}
                columns={[
                  { head: 'When', cell: (attempt) => utc(attempt.at) },
                  { head: 'Outcome', cell: (attempt) => <StateTag state={attempt.outcome} /> },
                  { head: 'Detail', wide: true, cell: (attempt) => attempt.detail },
                ]}
              />
            )}
          </Panel>
        }
        aside={<About message={data} />}
      />
    </>
  );
}

function About({ message }: { readonly message: Notification }) {
  return (
    <Panel title="About">
      <Facts
        of={[
          ['Channel', `${message.channel} (${message.kind})`],
          ['Alert', message.alert && <AlertLink id={message.alert} />],
          ['Repository', message.repository && <RepositoryLink repository={message.repository} />],
          ['Commit', message.commit && <CommitLink commit={message.commit} />],
          ['Application', <ApplicationLink name={message.application} />],
          ['Queued', utc(message.queuedAt)],
          ['Next attempt', message.nextAt && utc(message.nextAt)],
          ['Sent', message.sentAt && utc(message.sentAt)],
          ["Receiver's id", message.receipt && <Mono>{message.receipt}</Mono>],
          ['Message id', <Mono>{message.id}</Mono>],
        ]}
      />
    </Panel>
  );
}

function Resend({ message }: { readonly message: Notification }) {
  const may = useMay('notifications:write');
  const navigate = useNavigate();
  const resend = useMutation({
    mutationFn: () => call<Notification>('POST', `notifications/${message.id}/resend`),
    onSuccess: (sent) => navigate(`/messages/${sent.id}`),
  });
  if (!may) return null;
  return (
    <>
      <Button variant="default" onClick={() => resend.mutate()} loading={resend.isPending}>
        {['queued', 'retrying', 'sending'].includes(message.state) ? 'Try now' : 'Send again'}
      </Button>
      {resend.error && <Failure error={resend.error} />}
    </>
  );
}
