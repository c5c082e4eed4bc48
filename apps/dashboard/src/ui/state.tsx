import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ApiError } from '../api.ts';

export function Loading({ what }: { readonly what: string }) {
  return (
    <Group p="md" role="status">
      <Loader size="sm" />
      <Text c="dimmed">Loading {what}</Text>
    </Group>
  );
}

/** An error with what to do next and the trace to look it up by. */
export function Failure({ error, retry }: { readonly error: Error; readonly retry: () => void }) {
  return (
    <Alert color="red" title="This could not be loaded" m="md">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{error.message}</Text>
        {error instanceof ApiError && error.traceId && <Text className="mono">trace {error.traceId}</Text>}
        <Button size="compact-sm" onClick={retry}>
          Try again
        </Button>
      </Stack>
    </Alert>
  );
}

/** Says why there is nothing and what brings something. */
export function Empty({ children }: { readonly children: ReactNode }) {
  return (
    <Text c="dimmed" p="xl" ta="center">
      {children}
    </Text>
  );
}
