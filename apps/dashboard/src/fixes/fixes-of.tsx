import type { Remediation } from '@throughline/contracts';
import { withQuery } from '../api.ts';
import { FixLink } from '../ui/links.tsx';
import { useList } from '../ui/listing.tsx';
import { Panel } from '../ui/page.tsx';
import { StateTag } from '../ui/tags.tsx';

/** Proposed fixes that belong to what a page shows; nothing where there are none. */
export function FixesOf({ title, query }: { readonly title: string; readonly query: Readonly<Record<string, string>> }) {
  const list = useList<Remediation>(withQuery('remediations', query));
  const fixes = (list.data?.pages ?? []).flatMap((page) => page.items);
  if (fixes.length === 0) return null;
  return (
    <Panel title={title}>
      <ul className="plain-list">
        {fixes.map((fix) => (
          <li key={fix.id}>
            <FixLink id={fix.id}>{fix.summary}</FixLink> <StateTag state={fix.state} />
            <div className="soft small">{fix.reason ?? fix.files.map((file) => file.path).join(', ')}</div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
