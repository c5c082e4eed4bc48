import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from 'react-router';
import type { ChainSummary } from '@throughline/contracts';
import { get } from '../api.ts';
import { PageFailure, Loading } from '../ui/state.tsx';

/** Leads from a commit to the chain that is rooted at it. */
export function CommitPage() {
  const { commit = '' } = useParams();
  const chain = useQuery({
    queryKey: ['commit', commit],
    queryFn: () => get<ChainSummary>(`commits/${encodeURIComponent(commit)}/chain?limit=1`),
  });

  if (chain.isPending) return <Loading what="the chain of the commit" />;
  if (chain.error) return <PageFailure error={chain.error} retry={() => void chain.refetch()} />;
  return <Navigate to={`/chains/${chain.data.id}`} replace />;
}
