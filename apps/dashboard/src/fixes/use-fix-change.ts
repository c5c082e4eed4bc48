import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RemediationDetail } from '@throughline/contracts';
import { call } from '../api.ts';

export interface FixChange {
  readonly what: 'approve' | 'reject' | 'undo';
  readonly body: object;
}

/** Says what is to become of a fix, and shows the answer at once. */
export function useFixChange(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ what, body }: FixChange) => call<RemediationDetail>('POST', `remediations/${encodeURIComponent(id)}/${what}`, body),
    onSuccess: (fix) => {
      queries.setQueryData(['fix', id], fix);
      void queries.invalidateQueries({ queryKey: ['list'] });
    },
    onError: () => void queries.invalidateQueries({ queryKey: ['fix', id] }),
  });
}
