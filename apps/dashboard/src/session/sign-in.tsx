import { Button, Center, Code, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import { call } from '../api.ts';
import { Notice } from '../ui/notice.tsx';

/** Exchanges a token for a session. A one-time link (`/signin#…`) does it by itself. */
export function SignIn() {
  const queries = useQueryClient();
  const [token, setToken] = useState('');
  const [error, setError] = useState<string>();

  const signIn = (secret: string): void => {
    call('POST', 'session', { token: secret }).then(
      () => void queries.resetQueries({ queryKey: ['me'] }),
      (refused: Error) => setError(refused.message),
    );
  };

  useEffect(() => {
    const fromLink = window.location.pathname === '/signin' ? window.location.hash.slice(1) : '';
    if (fromLink === '') return;
    window.history.replaceState(null, '', '/start');
    signIn(fromLink);
    // A link works once: it is taken when the page opens, never again.
  }, []);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn(token.trim());
  };

  return (
    <Center mih="100vh" p="md">
      <Paper withBorder p="xl" maw={440} w="100%" component="form" onSubmit={submit}>
        <Stack>
          <Title order={1} size="h3">
            Throughline
          </Title>
          <Text size="sm">
            Paste an API token. The first administrator&apos;s lies in <Code>.throughline/admin-token</Code> on the machine that runs the
            platform; it ends with the first named administrator, or 24 hours after its first use.
          </Text>
          <Text size="sm" c="dimmed">
            No token that works? On that machine, <Code>npx throughline admin create &lt;name&gt;</Code> makes an administrator.
          </Text>
          <PasswordInput label="Token" value={token} onChange={(event) => setToken(event.currentTarget.value)} required autoFocus />
          {error && (
            <Notice tone="bad" title="You are not signed in">
              <p>{error}</p>
            </Notice>
          )}
          <Button type="submit">Sign in</Button>
        </Stack>
      </Paper>
    </Center>
  );
}
