import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AlertDetail } from '@throughline/contracts';
import { call } from '../api.ts';

export interface AlertChange {
  readonly what: 'ack' | 'unack' | 'resolve' | 'comment';
  readonly body?: object;
}

/** Changes an alert and shows the answer at once; lists and messages follow. */
export function useAlertChange(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ what, body }: AlertChange) => call<AlertDetail>('POST', `alerts/${encodeURIComponent(id)}/${what}`, body),
    onSuccess: (alert) => {
      queries.setQueryData(['alert', id], alert);
      void queries.invalidateQueries({ queryKey: ['list'] });
    },
  });
}
