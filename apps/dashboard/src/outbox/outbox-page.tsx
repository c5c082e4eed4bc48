import { Badge, Grid, Group, NavLink, Stack, Tabs, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import type { OutboxMessage, Page } from '@throughline/contracts';
import { get } from '../api.ts';
import { Empty, Failure, Loading } from '../ui/state.tsx';
import { When } from '../ui/tags.tsx';
import { SlackMessage } from './slack-message.tsx';

/** What would have left the machine: Slack messages and mails, rendered here so that no account is needed to see them. */
export function OutboxPage() {
  const [params, setParams] = useSearchParams();
  const messages = useQuery({ queryKey: ['outbox'], queryFn: () => get<Page<OutboxMessage>>('outbox?limit=50'), refetchInterval: 5_000 });

  if (messages.isPending) return <Loading what="the outbox" />;
  if (messages.error) return <Failure error={messages.error} retry={() => void messages.refetch()} />;
  const { items } = messages.data;
  const chosen = items.find((message) => message.id === params.get('message')) ?? items[0];
  return (
    <Stack>
      <Title order={1} size="h2">
        Outbox
      </Title>
      <Text c="dimmed" size="sm">
        These messages stay on this machine until a Slack or mail channel is set up.
      </Text>
      {chosen === undefined ? (
        <Empty>No message yet. A push that a gate denies makes one.</Empty>
      ) : (
        <Grid>
          <Grid.Col span={{ base: 12, md: 4 }}>
            {items.map((message) => (
              <NavLink
                key={message.id}
                label={message.title}
                description={<When time={message.time} />}
                active={message.id === chosen.id}
                onClick={() => setParams({ message: message.id })}
                component="button"
              />
            ))}
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 8 }}>
            <Message key={chosen.id} message={chosen} />
          </Grid.Col>
        </Grid>
      )}
    </Stack>
  );
}

function Message({ message }: { readonly message: OutboxMessage }) {
  const detail = useQuery({ queryKey: ['outbox', message.id], queryFn: () => get<OutboxMessage>(`outbox/${message.id}`) });
  const { slack, email } = detail.data ?? message;
  return (
    <Tabs defaultValue="slack" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="slack">Slack</Tabs.Tab>
        <Tabs.Tab value="mail">E-mail</Tabs.Tab>
        <Tabs.Tab value="text">E-mail, plain text</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="slack" pt="md">
        {slack ? <SlackMessage text={slack.text} blocks={slack.blocks} /> : <Empty>Not sent to Slack.</Empty>}
        {message.revision > 1 && (
          <Group mt="xs">
            <Badge variant="light">edited in place {message.revision - 1} times</Badge>
          </Group>
        )}
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
        <pre className="slack mono">{email?.text}</pre>
      </Tabs.Panel>
    </Tabs>
  );
}
