import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api.ts';

/**
 * Changes a thing by `what`, the last step of its address. Whatever comes of it, all that is shown is asked for anew; where the answer is
 * what the query `[shown, id]` would say, it is shown at once.
 */
export function useChange<What extends string>(path: string, id: string, shown?: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ what, body }: { readonly what: What; readonly body?: object }) =>
      call<object>('POST', `${path}/${encodeURIComponent(id)}/${what}`, body),
    onSuccess: (answer) => {
      if (shown !== undefined) queries.setQueryData([shown, id], answer);
    },
    onSettled: () => void queries.invalidateQueries(),
  });
}
