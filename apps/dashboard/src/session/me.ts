import { useQuery } from '@tanstack/react-query';
import type { Me } from '@throughline/contracts';
import { get } from '../api.ts';

/** Who is signed in; asked once and shared by all pages. */
export function useMe() {
  return useQuery({ queryKey: ['me'], queryFn: () => get<Me>('me'), staleTime: 60_000 });
}

/** Whether the caller has a right for any application; what is not allowed is not offered. The services check it again. */
export function useMay(right: string): boolean {
  const { data } = useMe();
  const granted = [data?.rights ?? [], ...(data?.grants ?? []).map((grant) => grant.rights)];
  return granted.some((rights) => rights.includes('*') || rights.includes(right));
}
