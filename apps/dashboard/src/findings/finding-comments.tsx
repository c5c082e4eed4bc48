import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FindingComment } from '@throughline/contracts';
import { call } from '../api.ts';
import { useMay } from '../session/me.ts';
import { CommentForm } from '../ui/comment-form.tsx';
import { Listing, useList, type Column } from '../ui/listing.tsx';
import { Panel } from '../ui/page.tsx';
import { Failure } from '../ui/state.tsx';
import { When } from '../ui/tags.tsx';

/** What people wrote about a finding, as text: nothing in it is run or followed. */
export function FindingComments({ id }: { readonly id: string }) {
  const list = useList<FindingComment>(`findings/${id}/comments`);
  const columns: readonly Column<FindingComment>[] = [
    { head: 'When', cell: ({ at }) => <When time={at} /> },
    { head: 'Who', cell: ({ by }) => by },
    { head: 'What', wide: true, cell: (comment) => <Said comment={comment} id={id} /> },
  ];
  return (
    <Panel title="Comments">
      <Listing list={list} what="comments" columns={columns} keyOf={(comment) => comment.id} empty="Nobody has written about it." />
      <NewComment id={id} />
    </Panel>
  );
}

function Said({ comment: { id: comment, text, editedAt, deletedAt, own }, id }: { readonly comment: FindingComment; readonly id: string }) {
  if (deletedAt !== undefined) return <span className="small">taken back</span>;
  return (
    <span className="said">
      {text} {editedAt !== undefined && <span className="small">(changed)</span>} {own && <TakeBack id={id} comment={comment} />}
    </span>
  );
}

function TakeBack({ id, comment }: { readonly id: string; readonly comment: string }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call('DELETE', `findings/${id}/comments/${comment}`),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['list'] }),
  });
  return (
    <>
      <Button size="compact-xs" variant="subtle" loading={remove.isPending} onClick={() => remove.mutate()}>
        Take back
      </Button>
      {remove.error && <Failure error={remove.error} />}
    </>
  );
}

function NewComment({ id }: { readonly id: string }) {
  const may = useMay('findings:write');
  const queries = useQueryClient();
  const add = useMutation({
    mutationFn: (text: string) => call<FindingComment>('POST', `findings/${id}/comments`, { text }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['list'] }),
  });
  return may && <CommentForm most={10_000} isPending={add.isPending} error={add.error} send={add.mutate} />;
}
