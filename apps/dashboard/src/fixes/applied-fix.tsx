import type { AppliedFix, FixProof, FixState } from '@throughline/contracts';
import { AppLink } from '../ui/app-link.tsx';
import { CommitLink, Mono } from '../ui/links.tsx';
import { Facts, Panel } from '../ui/page.tsx';
import { Tag, utc } from '../ui/tags.tsx';
import type { Tone } from '../ui/tones.ts';

const states: Readonly<Record<FixState, Tone>> = {
  approved: 'info',
  open: 'info',
  merged: 'good',
  closed: 'plain',
  outdated: 'warn',
  halted: 'warn',
  failed: 'bad',
  undoing: 'info',
  undone: 'plain',
  superseded: 'plain',
};
const proofs: Readonly<Record<FixProof, readonly [Tone, string]>> = {
  waiting: ['info', 'its scan is awaited'],
  verified: ['good', 'verified'],
  not_fixed: ['bad', 'not fixed'],
  unverified: ['unsure', 'nobody can tell'],
};

/** Where the branch of a fix stands, in a word or two. */
export function AppliedTags({ fix }: { readonly fix: AppliedFix }) {
  const [tone, words] = proofs[fix.proof];
  return (
    <>
      <Tag tone={states[fix.state]}>{`branch ${fix.state}`}</Tag>
      {(fix.state === 'open' || fix.state === 'merged') && <Tag tone={tone}>{words}</Tag>}
    </>
  );
}

/** The branch of a fix, its change request, and what the scan of it says. */
export function AppliedPanel({ fix }: { readonly fix: AppliedFix }) {
  return (
    <Panel title="Branch">
      <Facts
        of={[
          ['State', <AppliedTags fix={fix} />],
          ['Why', fix.reason],
          ['Branch', <Mono>{fix.branch}</Mono>],
          ['Commit', fix.commit && <CommitLink commit={fix.commit} />],
          ['Change request', fix.changeRequest && <AppLink href={fix.changeRequest.url}>{`#${fix.changeRequest.number}`}</AppLink>],
          ['Approved', `${utc(fix.approvedAt)} by ${fix.approvedBy}`],
          ['Last changed', utc(fix.updatedAt)],
        ]}
      />
    </Panel>
  );
}
