import type { RepositoryProtection } from '@throughline/contracts';
import { Facts, Panel } from '../ui/page.tsx';
import { Tag, When } from '../ui/tags.tsx';
import { foundOf, remedyOf, standingOf } from './protection-words.ts';

/** Whether changes get into the default branch without our word, and what to do about it. */
export function BranchProtection({ protection }: { readonly protection: RepositoryProtection }) {
  const { state, branch, at } = protection;
  const { word, tone } = standingOf(state);
  return (
    <Panel title={`Protection of ${branch ?? 'the default branch'}`} aside={<Tag tone={tone}>{word}</Tag>}>
      <p>{foundOf(protection)}</p>
      <Facts
        of={[
          ['What to do', remedyOf(protection)],
          ['Looked at', at && <When time={at} />],
        ]}
      />
    </Panel>
  );
}
