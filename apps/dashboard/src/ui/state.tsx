import { Alert, Button, Skeleton, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ApiError } from '../api.ts';

/** Holds the place of what comes, so that nothing jumps when it does. */
export function Loading({ what, lines = 6 }: { readonly what: string; readonly lines?: number }) {
  return (
    <div role="status" aria-label={`Loading ${what}`} className="loading">
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={line === 0 ? 28 : 20} width={line === 0 ? '40%' : '100%'} mb={14} />
      ))}
    </div>
  );
}

/** An error with what to do next and the trace to look it up by. */
export function Failure({ error, retry }: { readonly error: Error; readonly retry?: () => void }) {
  const status = error instanceof ApiError ? error.status : 0;
  if (status === 403) return <NotAllowed detail={error.message} />;
  if (status === 404) return <NotThere detail={error.message} />;
  return (
    <Alert color="red" title="This could not be loaded" role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{error.name === 'TimeoutError' ? 'The platform did not answer within 20 seconds.' : error.message}</Text>
        {error instanceof ApiError && error.traceId && <Text className="mono">trace {error.traceId}</Text>}
        {retry && (
          <Button size="compact-sm" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

function NotAllowed({ detail }: { readonly detail: string }) {
  return (
    <Alert color="yellow" title="You may not see this" role="alert">
      <Text size="sm">{detail}</Text>
      <Text size="sm" mt="xs">
        Who made your token can give you the right. What you may do is listed under System.
      </Text>
    </Alert>
  );
}

function NotThere({ detail }: { readonly detail: string }) {
  return (
    <Alert color="gray" title="This is not here" role="alert">
      <Text size="sm">{detail}</Text>
      <Text size="sm" mt="xs">
        It may belong to an application that is not yours, or its time of keeping is over.
      </Text>
    </Alert>
  );
}

/** The same where nothing else of the page can be shown. */
export function PageFailure(given: { readonly error: Error; readonly retry?: () => void }) {
  return (
    <>
      <h1 className="unseen">This page could not be shown</h1>
      <Failure {...given} />
    </>
  );
}

/** Says why there is nothing and what brings something. */
export function Empty({ children }: { readonly children: ReactNode }) {
  return <p className="empty">{children}</p>;
}
