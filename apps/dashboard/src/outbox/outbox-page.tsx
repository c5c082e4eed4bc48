import { Grid, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import type { OutboxMessage, OutboxStatus, Page } from '@throughline/contracts';
import { get } from '../api.ts';
import { Empty, PageFailure, Loading } from '../ui/state.tsx';
import { AlertLink, CommitLink } from '../ui/links.tsx';
import { PageHead } from '../ui/page.tsx';
import { ResultTag, Tag, When } from '../ui/tags.tsx';
import { SlackMessage } from './slack-message.tsx';

const kinds = { alert: 'alert', status: 'commit status', comment: 'comment on a change' } as const;

/** What would have left the machine: Slack messages and mails, rendered here so that no account is needed to see them. */
export function OutboxPage() {
  const [params, setParams] = useSearchParams();
  const messages = useQuery({ queryKey: ['outbox'], queryFn: () => get<Page<OutboxMessage>>('outbox?limit=50'), refetchInterval: 5_000 });

  if (messages.isPending) return <Loading what="the outbox" />;
  if (messages.error) return <PageFailure error={messages.error} retry={() => void messages.refetch()} />;
  const { items } = messages.data;
  const chosen = items.find((message) => message.id === params.get('message')) ?? items[0];
  return (
    <>
      <PageHead title="Outbox">These messages stay on this machine until a Slack or mail channel is set up.</PageHead>
      {chosen === undefined ? (
        <Empty>No message yet. A push that a gate denies makes one.</Empty>
      ) : (
        <Grid>
          <Grid.Col span={{ base: 12, md: 4 }}>
            {items.map((message) => (
              <button
                key={message.id}
                type="button"
                className="choice"
                aria-pressed={message.id === chosen.id}
                onClick={() => setParams({ message: message.id })}
              >
                {message.title}
                <div className="soft small">
                  {kinds[message.kind]}, <When time={message.time} />
                </div>
              </button>
            ))}
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 8 }}>
            <Message key={chosen.id} message={chosen} />
          </Grid.Col>
        </Grid>
      )}
    </>
  );
}

function Message({ message }: { readonly message: OutboxMessage }) {
  const detail = useQuery({ queryKey: ['outbox', message.id], queryFn: () => get<OutboxMessage>(`outbox/${message.id}`) });
  const { slack, email } = detail.data ?? message;
  return (
    <>
      <p className="chain-links">
        {message.alert && <AlertLink id={message.alert}>The alert</AlertLink>}
        {message.commit && <CommitLink commit={message.commit} />}
        {message.revision > 1 && <Tag tone="info">{`edited in place ${message.revision - 1} times`}</Tag>}
      </p>
      <Body message={message} slack={slack} email={email} />
    </>
  );
}

function Body({ message, slack, email }: { readonly message: OutboxMessage } & Pick<OutboxMessage, 'slack' | 'email'>) {
  if (message.status) return <Status status={message.status} />;
  if (!message.comment) return <AlertTabs slack={slack} email={email} />;
  return (
    <pre className="slack mono" tabIndex={0}>
      {message.comment.text}
    </pre>
  );
}

function Status({ status }: { readonly status: OutboxStatus }) {
  return (
    <div className="slack">
      <ResultTag result={status.verdict} /> <strong>{status.context}</strong> {status.text}
    </div>
  );
}

function AlertTabs({ slack, email }: Pick<OutboxMessage, 'slack' | 'email'>) {
  return (
    <Tabs defaultValue="slack" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="slack">Slack</Tabs.Tab>
        <Tabs.Tab value="mail">E-mail</Tabs.Tab>
        <Tabs.Tab value="text">E-mail, plain text</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="slack" pt="md">
        {slack ? <SlackMessage text={slack.text} blocks={slack.blocks} /> : <Empty>Not sent to Slack.</Empty>}
      </Tabs.Panel>
      <Tabs.Panel value="mail" pt="md">
        {email ? (
          <Stack gap="xs">
            <Text fw={600}>{email.subject}</Text>
            <iframe className="mail" title="The mail as HTML" sandbox="" srcDoc={email.html} />
          </Stack>
        ) : (
          <Empty>Not sent by mail.</Empty>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="text" pt="md">
        <pre className="slack mono" tabIndex={0}>
          {email?.text}
        </pre>
      </Tabs.Panel>
    </Tabs>
  );
}
