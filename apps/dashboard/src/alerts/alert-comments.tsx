import type { AlertDetail } from '@throughline/contracts';
import { useMay } from '../session/me.ts';
import { CommentForm } from '../ui/comment-form.tsx';
import { Panel } from '../ui/page.tsx';
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
  const change = useAlertChange(alert);
  return (
    <CommentForm
      most={4000}
      isPending={change.isPending}
      error={change.error}
      send={(text, more) => change.mutate({ what: 'comment', body: { text } }, more)}
    />
  );
}
