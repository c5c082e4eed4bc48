import { Injectable } from '@nestjs/common';
import type { Triage } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import type { About, InUse, Spoken } from './vex-verdict.ts';

/** A statement, with what people want to know of it. */
export interface SpokenRow extends Spoken {
  readonly document: string;
  readonly author: string;
  readonly sentBy: string;
  readonly justification: string | null;
  readonly reason: string | null;
}

/** A finding of a vulnerability, with the triage that came from a statement. */
export interface VexFinding extends About {
  readonly number: string;
  readonly id: string;
  readonly application: string;
  readonly triage: Triage;
  readonly revision: number;
  readonly statement: string | null;
  readonly before: Triage | null;
  /** Nobody has triaged it since. */
  readonly holds: boolean | null;
}

type Found = Omit<VexFinding, 'inUse'> & {
  readonly packageId: string | null;
  readonly groupId: string | null;
  readonly purl: string | null;
  readonly version: string | null;
};

/** Which findings: those of a repository, those that statements name, or those of these numbers. */
export interface VexSelection {
  readonly repository?: string;
  readonly names?: readonly string[];
  readonly numbers?: readonly string[];
}

export const vexPage = 500;

@Injectable()
export class VexRows {
  /** A page of the findings that statements may speak about, in the order in which they are locked. */
  async findings(tx: Tx, { repository, names, numbers }: VexSelection, after: string, lock = ''): Promise<readonly VexFinding[]> {
    const found = await rows<Found>(
      tx,
      `select f.number, f.id, f.repository, f.application, f.triage, f.revision, f.cve, f.purl, f.version,
         f.package_id as "packageId", f.group_id as "groupId", t.statement_number as statement, t.before_triage as before, t.revision = f.revision as holds,
         array(select a.osv_id from advisory_group_member m join advisory a on a.id = m.advisory_id where m.group_id = f.group_id)
           || f.rule || coalesce(array[f.advisory], '{}') as names
       from finding f left join vex_triage t on t.finding_number = f.number
       where f.number > $1 and f.class = 'vulnerability' and f.alias_of is null
         and ($2::text is null or f.repository = $2) and ($3::bigint[] is null or f.number = any($3))
         and ($4::text[] is null or f.cve = any($4) or f.advisory = any($4) or f.rule = any($4) or f.group_id in (
           select m.group_id from advisory a join advisory_group_member m on m.advisory_id = a.id where a.osv_id = any($4)))
       order by f.number limit ${vexPage} ${lock}`,
      [after, repository ?? null, numbers ?? null, names ?? null],
    );
    const inUse = await this.inUse(tx, found);
    return found.map(({ purl, version, ...finding }) => {
      const used = inUse.get(finding.number) ?? [];
      return { ...finding, inUse: used.length > 0 || purl === null ? used : [{ purl, version: version ?? '' }] };
    });
  }

  /** What accounts say about the findings; `scopes` is empty where one is trusted for nothing. */
  async statements(tx: Tx, findings: readonly About[]): Promise<readonly SpokenRow[]> {
    const names = [...new Set(findings.flatMap((one) => [...one.names, ...(one.cve === null ? [] : [one.cve])]))];
    return rows<SpokenRow>(
      tx,
      `select s.number, s.names, s.status, d.identity, s.product, s.product_key as "productKey", s.component, s.said_at as at,
         array(select unnest(a.products) from vex_author a where a.identity = d.identity) as scopes,
         d.id as document, d.author, d.sent_by as "sentBy", s.justification, s.reason
       from vex_statement s join vex_document d on d.number = s.document_number where s.names && $1::text[]
       order by s.said_at desc, s.number desc limit 100000`,
      [names],
    );
  }

  /** Every name in the documents of an account, of one of them, or of all. */
  async namesIn(tx: Tx, { identity, document }: { identity?: string; document?: string }): Promise<readonly string[]> {
    const found = await rows<{ name: string }>(
      tx,
      `select distinct unnest(s.names) as name from vex_statement s join vex_document d on d.number = s.document_number
       where ($1::text is null or d.identity = $1) and ($2::uuid is null or d.id = $2) order by 1`,
      [identity ?? null, document ?? null],
    );
    return found.map(({ name }) => name);
  }

  async anyTrust(tx: Tx): Promise<boolean> {
    return (await rows(tx, 'select 1 from vex_author where identity is not null union all select 1 from vex_triage limit 1')).length > 0;
  }

  /** The affected versions that heads have today. */
  private async inUse(tx: Tx, found: readonly Found[]): Promise<ReadonlyMap<string, readonly InUse[]>> {
    const known = found.filter(({ packageId }) => packageId !== null);
    if (known.length === 0) return new Map();
    const used = await rows<InUse & { number: string }>(
      tx,
      `select distinct given.number, v.purl, v.version
       from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[]) as given (number, repository, package_id, group_id)
       join component_version v on v.package_id = given.package_id
       join occurrence o on o.component_version_id = v.id
       join head h on h.report_id = o.report_id and h.repository = given.repository
       where given.group_id is null or exists (select 1 from affected x join advisory_group_member m on m.advisory_id = x.advisory_id
         where x.component_version_id = v.id and m.group_id = given.group_id)`,
      [
        known.map(({ number }) => number),
        known.map(({ repository }) => repository),
        known.map(({ packageId }) => packageId),
        known.map(({ groupId }) => groupId),
      ],
    );
    return Map.groupBy(used, ({ number }) => number);
  }
}
