import { Injectable } from '@nestjs/common';
import type { FindingVex, Page } from '@throughline/contracts';
import { Database, type Identity } from '@throughline/service';
import { askedFinding } from '../findings/asked-finding.ts';
import { VexRows, type SpokenRow, type VexFinding } from './vex-rows.ts';
import { isTrusted, namesIt, speaksOf } from './vex-verdict.ts';

const most = 100;

/** What is said about one finding, by whomever: what does not act is a suggestion. */
@Injectable()
export class FindingVexes {
  constructor(
    private readonly database: Database,
    private readonly table: VexRows,
  ) {}

  of(id: string, caller: Identity): Promise<Page<FindingVex>> {
    return this.database.transaction(async (tx) => {
      const number = await askedFinding(tx, id, caller);
      const [finding] = await this.table.findings(tx, { numbers: [number] }, '0');
      if (!finding) return { items: [], next: null };
      const said = (await this.table.statements(tx, [finding])).filter(
        (one) => namesIt(one.names, finding) && finding.inUse.some((used) => speaksOf(one, finding, used)),
      );
      return { items: said.slice(0, most).map((one) => answerOf(one, finding)), next: null };
    });
  }
}

function answerOf(said: SpokenRow, finding: VexFinding): FindingVex {
  const { document: vex, author, sentBy, status, justification, reason, product, component, at } = said;
  const acts = finding.holds === true && finding.statement === said.number;
  const because = acts ? undefined : reasonOf(said, finding);
  return {
    ...{ vex, author, sentBy, status, product, said: at.toISOString(), trusted: isTrusted(said), acts },
    ...(justification !== null && { justification }),
    ...(reason !== null && { reason }),
    ...(component !== null && { component }),
    ...(because !== undefined && { because }),
  };
}

function reasonOf(said: SpokenRow, finding: VexFinding): string | undefined {
  if (said.status !== 'not_affected') return 'only what is not affected changes a triage';
  if (!isTrusted(said)) return `${said.sentBy} is not trusted for ${said.product}`.slice(0, 300);
  if (finding.holds === false) return 'somebody has triaged the finding since';
  if (!finding.inUse.every((used) => speaksOf(said, finding, used))) return 'other versions are in use, of which it says nothing';
  return finding.triage === 'not_affected'
    ? 'another statement, or a person, says the same'
    : 'another account, or a person, says otherwise';
}
