import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { AlertDetail } from '@throughline/contracts';
import { useMay } from '../session/me.ts';
import { Panel } from '../ui/page.tsx';
import { Failure } from '../ui/state.tsx';
import { When } from '../ui/tags.tsx';
import { useAlertChange } from './use-alert-change.ts';

/** What people noted while they looked after it. */
export function AlertComments({ alert }: { readonly alert: AlertDetail }) {
  const may = useMay('alerts:write');
  return (
    <Panel title="Comments">
      {alert.comments.length === 0 && <p className="soft small">Nobody has said anything yet.</p>}
      <ul className="comments">
        {alert.comments.map((comment) => (
          <li key={comment.id}>
            <div className="soft small">
              {comment.by}, <When time={comment.at} />
            </div>
            <div>{comment.text}</div>
          </li>
        ))}
      </ul>
      {may && <NewComment alert={alert.id} />}
    </Panel>
  );
}

function NewComment({ alert }: { readonly alert: string }) {
  const [text, setText] = useState('');
  const change = useAlertChange(alert);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate({ what: 'comment', body: { text: text.trim() } }, { onSuccess: () => setText('') });
      }}
    >
      <Textarea
        label="Add a comment"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maxLength={4000}
        minRows={2}
        autosize
      />
      {change.error && <Failure error={change.error} />}
      <Button type="submit" size="compact-sm" variant="default" mt="xs" disabled={text.trim() === ''} loading={change.isPending}>
        Comment
      </Button>
    </form>
  );
}
