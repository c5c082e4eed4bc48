import type { FixProof } from '@throughline/contracts';
import type { Closed } from '../proposals/fix-groups.ts';

/** What a change request tells. */
export interface ToldFix {
  readonly proposal: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly closes: readonly Closed[];
  readonly files: readonly string[];
  readonly moved: readonly { readonly name: string; readonly from: readonly string[]; readonly to: readonly string[] }[];
  /** Whether our reader found none of the affected versions in the edited lock files. */
  readonly proven: boolean;
  readonly proof: FixProof;
  readonly reason?: string;
  readonly approvedBy?: string;
  /** Address of the platform, without slash at its end. */
  readonly server: string;
}

const mostRows = 100;

const proofs: Readonly<Record<FixProof, string>> = {
  waiting: 'The scan of this branch is not done yet.',
  verified: '**Verified:** the scan of this branch finds none of them, and nothing that was not there before.',
  not_fixed: '**Not fixed:** the scan of this branch says otherwise.',
  unverified: '**Not verified:** the scan of this branch could not tell.',
};

/** The text of a change request, in Markdown: ids, checked names and our own words; all else stands in code spans. */
export function changeRequestText(fix: ToldFix): string {
  const { length } = fix.closes;
  return [
    `### Throughline raises ${code(fix.name)} from ${fix.from} to ${fix.to}`,
    '',
    `${proofs[fix.proof]}${fix.reason === undefined ? '' : ` ${code(fix.reason)}`}`,
    '',
    `Closes ${length} ${length === 1 ? 'finding' : 'findings'}:`,
    '',
    '| finding | severity |',
    '| --- | --- |',
    ...fix.closes
      .slice(0, mostRows)
      .map((closed) => `| [${closed.advisory ?? 'finding'}](${fix.server}/findings/${closed.finding}) | ${closed.severity} |`),
    ...(length > mostRows ? [`| and ${length - mostRows} more | |`] : []),
    '',
    `Changes ${fix.files.map(code).join(', ')} and nothing else.${fix.proven ? ' Checked: the edited lock file holds none of the affected versions.' : ''}`,
    ...movedLines(fix),
    '',
    `${fix.approvedBy === undefined ? '' : `Approved by ${code(fix.approvedBy)}. `}[How it was worked out, and how to take it back](${fix.server}/fixes/${fix.proposal})`,
    '',
  ].join('\n');
}

function movedLines({ moved }: ToldFix): string[] {
  if (moved.length === 0) return [];
  const lines = moved
    .slice(0, 20)
    .map(({ name, from, to }) => `- ${code(name)} ${from.join(', ')} → ${to.length === 0 ? 'gone' : to.join(', ')}`);
  return ['', 'Other packages that change with it:', ...lines, ...(moved.length > 20 ? [`- and ${moved.length - 20} more`] : [])];
}

/** Foreign text, so that no provider reads a mention, a command or markup in it. */
function code(text: string): string {
  const plain = text.replace(/[`\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
  return `\`${plain === '' ? '?' : plain.slice(0, 500)}\``;
}
