import { Button } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Page } from '@throughline/contracts';
import { get } from '../api.ts';
import { Empty, Failure, Loading } from './state.tsx';

const pageSize = 50;

/** A list of the API, page by page. */
export function useList<T>(path: string, everyMs?: number) {
  return useInfiniteQuery({
    queryKey: ['list', path],
    queryFn: ({ pageParam }) => {
      const paging = new URLSearchParams({ limit: String(pageSize), ...(pageParam ? { cursor: pageParam } : {}) });
      return get<Page<T> & { readonly total?: number }>(`${path}${path.includes('?') ? '&' : '?'}${paging}`);
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
  });
}

export interface Column<T> {
  readonly head: string;
  readonly cell: (item: T) => ReactNode;
  /** Grows with the page; the others take what they need. */
  readonly wide?: boolean;
}

interface ListingProps<T> {
  readonly list: ReturnType<typeof useList<T>>;
  /** In the plural, for the one who waits or listens. */
  readonly what: string;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string;
  readonly empty: ReactNode;
}

/** A list with all its states: on its way, refused, empty, and more to come. */
export function Listing<T>({ list, what, columns, keyOf, empty }: ListingProps<T>) {
  if (list.isPending) return <Loading what={what} lines={10} />;
  if (list.error) return <Failure error={list.error} retry={() => void list.refetch()} />;
  const items = list.data.pages.flatMap((page) => page.items);
  const total = list.data.pages[0]?.total;
  if (items.length === 0) return <Empty>{empty}</Empty>;
  return (
    <>
      {total !== undefined && <p className="count">{total > 10_000 ? 'More than 10,000' : total} in all</p>}
      <Rows what={what} columns={columns} keyOf={keyOf} items={items} />
      {list.hasNextPage && (
        <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
          More
        </Button>
      )}
    </>
  );
}

type RowsProps<T> = Pick<ListingProps<T>, 'what' | 'columns' | 'keyOf'> & { readonly items: readonly T[] };

/** A table that becomes a list of cards where it is narrow; the roles keep it a table for who cannot see it. */
export function Rows<T>({ what, columns, keyOf, items }: RowsProps<T>) {
  return (
    <table className="rows" role="table" aria-label={what}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ head, wide }) => (
            <th key={head} role="columnheader" scope="col" className={wide ? 'wide' : undefined}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {items.map((item) => (
          <tr key={keyOf(item)} role="row">
            {columns.map(({ head, cell }) => (
              <td key={head} role="cell" data-head={head}>
                <Cell>{cell(item)}</Cell>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A cell without a value stays empty, so that a card leaves it out. */
function Cell({ children }: { readonly children: ReactNode }) {
  if (children === undefined || children === null || children === false || children === '') return null;
  return <div>{children}</div>;
}
