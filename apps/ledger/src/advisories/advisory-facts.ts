import { Injectable } from '@nestjs/common';
import { AdvisoryPublished, AdvisoryWithdrawn, make, type NewFact, type Severity } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import type { Written } from './advisory-rows.ts';

interface Told {
  readonly id: string;
  readonly osvId: string;
  readonly group: string;
  readonly aliases: string[];
  readonly summary: string;
  readonly severity: Severity;
  readonly ecosystems: string[];
  readonly packages: string[];
  readonly knownExploited: boolean;
  readonly published: Date | null;
  readonly modified: Date;
}

/** Only what is in use: a feed has hundreds of thousands of advisories that nobody here can act on. */
const touching = `
  select a.id, a.osv_id as "osvId", g.id as "group", a.summary, a.severity, a.published_at as published, a.modified_at as modified,
    array(select name from advisory_name n where n.advisory_id = a.id and n.name <> a.osv_id order by name limit 50) as aliases,
    array(select distinct ecosystem from advisory_package p where p.advisory_id = a.id limit 100) as ecosystems,
    array(select distinct name from advisory_package p where p.advisory_id = a.id limit 100) as packages,
    exists (select 1 from intel i where i.cve = g.cve and i.kev_added is not null) as "knownExploited"
  from advisory a
  join lateral (
    select id, cve from advisory_group g join advisory_group_member m on m.group_id = g.id where m.advisory_id = a.id order by g.id limit 1
  ) g on true
  where a.id = any($1::bigint[]) and not a.demo and exists (
    select 1 from advisory_package ap join package p on p.ecosystem = ap.ecosystem and p.name = ap.name where ap.advisory_id = a.id
  )
  order by a.id`;

/** Tells the platform about advisories that speak of packages in use. */
@Injectable()
export class AdvisoryFacts {
  constructor(private readonly outbox: Outbox) {}

  async tell(tx: Tx, written: readonly Written[]): Promise<void> {
    const known = new Map(written.map((one) => [one.id, one]));
    const told = await rows<Told>(tx, touching, [[...known.keys()]]);
    const facts = told.flatMap((one): NewFact[] => {
      const { withdrawn, stood } = known.get(one.id)!;
      if (!withdrawn) return [published(one)];
      return stood ? [withdrawal(one, 'withdrawn by its publisher')] : [];
    });
    await this.outbox.add(tx, ...facts);
  }

  /** Tells that advisories were taken back by a person. */
  async tellRetracted(tx: Tx, ids: readonly string[], reason: string): Promise<void> {
    const told = await rows<Told>(tx, touching, [ids]);
    await this.outbox.add(tx, ...told.map((one) => withdrawal(one, reason)));
  }
}

function published(told: Told): NewFact<AdvisoryPublished> {
  const { osvId, group, aliases, summary, severity, ecosystems, packages, knownExploited } = told;
  const fact = make(AdvisoryPublished, {
    advisory: osvId,
    group,
    aliases,
    summary,
    severity,
    ecosystems,
    packages,
    knownExploited,
    ...(told.published && { published: told.published.toISOString() }),
    modified: told.modified.toISOString(),
  });
  return { fact, deliveryKey: `advisory ${told.id}` };
}

function withdrawal({ id, osvId, group }: Told, reason: string): NewFact<AdvisoryWithdrawn> {
  return { fact: make(AdvisoryWithdrawn, { advisory: osvId, group, reason: reason.slice(0, 300) }), deliveryKey: `advisory ${id}` };
}
