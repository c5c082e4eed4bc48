import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, useSearchParams } from 'react-router';
import type { Page, WatchedRepository } from '@throughline/contracts';
import { get, withQuery } from '../api.ts';
import { PageHead } from '../ui/page.tsx';
import { PageFailure, Loading } from '../ui/state.tsx';

/** Leads from the name by which facts call a repository to its page; one that is watched no longer may still have findings. */
export function NamedRepository() {
  const [params] = useSearchParams();
  const repository = params.get('repository') ?? '';
  const found = useQuery({
    queryKey: ['repository', 'named', repository],
    queryFn: () => get<Page<WatchedRepository>>(withQuery('repositories', { repository })),
  });

  if (found.isPending) return <Loading what="the repository" />;
  if (found.error) return <PageFailure error={found.error} retry={() => void found.refetch()} />;
  const [known] = found.data.items;
  if (known && repository !== '') return <Navigate to={`/repositories/${known.id}`} replace />;
  return (
    <>
      <PageHead title={repository} above={{ to: '/repositories', label: 'Repositories' }}>
        This repository is not watched, or it is not yours to see.
      </PageHead>
      <p>
        What is known about it stays: <Link to={withQuery('/findings', { repository })}>findings</Link>,{' '}
        <Link to={withQuery('/decisions', { repository })}>decisions</Link>.
      </p>
    </>
  );
}
