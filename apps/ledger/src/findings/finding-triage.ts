import { Injectable } from '@nestjs/common';
import type { FindingTriage, Triage } from '@throughline/contracts';
import { TriageRefused, triageChanges } from '@throughline/findings';
import { Outbox } from '@throughline/messaging';
import { Database, Problem, rows, sees, type Identity, type Tx } from '@throughline/service';
import { noSuchFinding } from './asked-finding.ts';
import { shownTriage, waiverInForce } from './shown-triage.ts';
import { writeTriage } from './triage-changes.ts';

interface Triaged {
  readonly number: string;
  readonly id: string;
  readonly repository: string;
  readonly application: string;
  readonly triage: Triage;
  readonly revision: number;
}

/** What people say about findings. */
@Injectable()
export class FindingTriages {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  /** Changes the triage of the revision that the caller has seen; throws `Problem` 404, 409, 412, 422 and 428. */
  async change(id: string, wanted: FindingTriage, ifMatch: string | undefined, caller: Identity): Promise<void> {
    if (ifMatch === undefined)
      throw new Problem(428, 'precondition_required', 'send If-Match with the ETag of the finding that you have seen');
    await this.database.transaction(async (tx) => {
      const finding = await this.find(tx, id, caller);
      if (!matches(ifMatch, finding.revision))
        throw new Problem(412, 'changed_meanwhile', 'somebody changed the finding after you read it: read it again');
      if (!changes(finding, wanted)) return;
      const reason = wanted.reason?.replaceAll('\0', '').trim() ?? '';
      await writeTriage(tx, this.outbox, [{ ...finding, to: wanted.triage }], { by: caller.name, reason });
    });
  }

  private async find(tx: Tx, id: string, caller: Identity): Promise<Triaged> {
    const [finding] = await rows<Triaged>(
      tx,
      `select f.number, f.id, f.repository, f.application, 
         ${shownTriage} as triage, f.revision
       from finding asked join finding f on f.number = coalesce(asked.alias_of, asked.number)
       ${waiverInForce} where asked.id::text = $1 for update of f`,
      [id.toLowerCase()],
    );
    if (!finding || !sees(caller, finding.application)) throw noSuchFinding();
    return finding;
  }
}

function matches(ifMatch: string, revision: number): boolean {
  return ifMatch.split(',').some((tag) => ['*', `"${revision}"`, `W/"${revision}"`].includes(tag.trim()));
}

function changes(finding: Triaged, { triage, reason }: FindingTriage): boolean {
  try {
    return triageChanges(finding.triage, triage, reason);
  } catch (error) {
    throw error instanceof TriageRefused ? problemOf(error, `{ "findings": ["${finding.id}"], "reason", "until" }`) : error;
  }
}

/** What a caller is told of a triage that nobody may set; `waiver` is the body of a waiver that would do. */
export function problemOf({ code, message }: TriageRefused, waiver: string): Problem {
  if (code !== 'waiver_required' && code !== 'waived') return new Problem(422, code, message);
  const where = code === 'waiver_required' ? `: POST /api/v1/waivers with ${waiver}` : '';
  return new Problem(409, code, `${message}${where}`, undefined, { link: '</api/v1/waivers>; rel="related"' });
}
