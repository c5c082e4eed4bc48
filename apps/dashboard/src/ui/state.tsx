import { Button, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { ApiError } from '../api.ts';
import { Notice } from './notice.tsx';

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
    <Notice tone="bad" title={[409, 412, 422].includes(status) ? 'This was refused' : 'This could not be loaded'}>
      <p>{error.name === 'TimeoutError' ? 'The platform did not answer within 20 seconds.' : error.message}</p>
      {error instanceof ApiError && <Faults of={error.faults} />}
      {error instanceof ApiError && error.traceId && <p className="mono">trace {error.traceId}</p>}
      {retry && (
        <Button size="compact-sm" variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </Notice>
  );
}

function Faults({ of }: { readonly of: ApiError['faults'] }) {
  if (of.length === 0) return null;
  return (
    <ul className="plain-list">
      {of.map(({ pointer, detail }) => (
        <li key={`${pointer} ${detail}`}>
          <span className="mono">{pointer}</span> {detail}
        </li>
      ))}
    </ul>
  );
}

function NotAllowed({ detail }: { readonly detail: string }) {
  return (
    <Notice tone="warn" title="You may not do this">
      <p>{detail}</p>
      <p>
        Who gave you your token can give you the right. What you may do is listed under <Link to="/system">System</Link>.
      </p>
    </Notice>
  );
}

function NotThere({ detail }: { readonly detail: string }) {
  return (
    <Notice tone="plain" title="This is not here">
      <p>{detail}</p>
      <p>It may belong to an application that is not yours, or its time of keeping is over.</p>
    </Notice>
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
