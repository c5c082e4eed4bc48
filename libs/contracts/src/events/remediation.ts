import { CommitId, Digest, ListOf, OneOf, Text, Texts } from '../fields.ts';
import { Fact } from '../fact.ts';
import { keys } from '../keys.ts';

/** One file that a proposal changes. */
export class ProposedFile {
  @Text(1024) path: string;
  /** `manifest` or `lock`. */
  @OneOf(['manifest', 'lock']) kind: 'manifest' | 'lock';
}

/** A fix is proposed: nothing is pushed yet. One proposal per fix, however many findings it closes. */
@Fact<FixProposed>({
  type: 'fix.proposed',
  topic: 'remediation',
  writer: 'remediation',
  key: (fact) => fact.proposal,
  subject: (fact) => fact.proposal,
  makes: (fact) => [keys.proposal(fact.proposal)],
  madeFrom: (fact) => fact.causes,
  ordered: true,
})
export class FixProposed {
  @Text(64) proposal: string;
  @Text(1024) repository: string;
  @CommitId() commit: string;
  @Text(100) application: string;
  /** Package URL without version. */
  @Text(512) package: string;
  @Text(128) from: string;
  @Text(128) to: string;
  @Text(500) summary: string;
  @ListOf(() => ProposedFile, 50) files: ProposedFile[];
  /** Digest of the unified diff that was kept. */
  @Digest() diff: string;
  @Texts(200, 64) findings: string[];
  @Texts(20, 1200) causes: string[];
}
