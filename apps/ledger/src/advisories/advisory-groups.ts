import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';
import { aliasGroups, type AliasGroup, type Named } from './alias-groups.ts';

/** Two groups turned out to be one: what hangs on `from` belongs to `into` now. */
export interface Merge {
  readonly from: string;
  readonly into: string;
}

interface Known {
  readonly id: string;
  readonly cve: string | null;
  readonly members: readonly string[];
}

interface Identified {
  readonly id: string;
  readonly group: AliasGroup;
}

interface Member {
  readonly group: string;
  readonly advisory: string;
}

const furthest = 6;
const largest = 20_000;

/** The surrogate ids of alias groups. Call it under the lock of the import: two at once would make two groups of one. */
@Injectable()
export class AdvisoryGroups {
  /** Sorts these advisories, and all that share a name with them, into groups anew; those of the demo among themselves. */
  async regroup(tx: Tx, advisories: readonly string[]): Promise<readonly Merge[]> {
    const worlds = await rows<{ demo: boolean; ids: string[] }>(
      tx,
      'select demo, array_agg(id::text) as ids from advisory where id = any($1::bigint[]) group by demo',
      [advisories],
    );
    const merges: Merge[] = [];
    for (const { demo, ids } of worlds) merges.push(...(await this.regroupAmong(tx, ids, demo)));
    return merges;
  }

  private async regroupAmong(tx: Tx, advisories: readonly string[], demo: boolean): Promise<readonly Merge[]> {
    const connected = await this.connected(tx, advisories, demo);
    const known = await this.known(tx, connected, demo);
    const groups = await this.identify(tx, aliasGroups(connected), { known, demo });
    const members = groups.flatMap(({ id, group }) => group.members.map((advisory) => ({ group: id, advisory })));
    await this.replaceMembers(tx, connected, members);
    return this.mergeEmptied(tx, known, members);
  }

  /** Everything that is reached over common names, the withdrawn left out: they join nothing any more. */
  private async connected(tx: Tx, advisories: readonly string[], demo: boolean): Promise<readonly Named[]> {
    let ids = [...advisories];
    for (let round = 0; round < furthest && ids.length < largest; round++) {
      const reached = await rows<{ id: string }>(
        tx,
        `select distinct other.advisory_id as id from advisory_name own join advisory_name other using (name)
         join advisory a on a.id = other.advisory_id
         where own.advisory_id = any($1::bigint[]) and a.withdrawn_at is null and a.retracted_at is null and a.demo = $2`,
        [ids, demo],
      );
      const next = [...new Set([...advisories, ...reached.map(({ id }) => id)])];
      if (next.length === ids.length) break;
      ids = next;
    }
    return rows<Named>(
      tx,
      `select advisory_id as id, array_agg(name order by name) as names from advisory_name where advisory_id = any($1::bigint[])
       group by advisory_id order by advisory_id`,
      [ids],
    );
  }

  private async known(tx: Tx, connected: readonly Named[], demo: boolean): Promise<readonly Known[]> {
    return rows<Known>(
      tx,
      `select g.id, g.cve, array_agg(m.advisory_id::text) as members from advisory_group g
       join advisory_group_member m on m.group_id = g.id
       where g.demo = $3
         and (g.id in (select group_id from advisory_group_member where advisory_id = any($1::bigint[])) or g.cve = any($2::text[]))
       group by g.id order by g.id`,
      [connected.map(({ id }) => id), connected.flatMap(({ names }) => names.filter((name) => name.startsWith('CVE-'))), demo],
    );
  }

  /** Gives each group the id it had, or a new one, and its CVE. */
  private async identify(
    tx: Tx,
    groups: readonly AliasGroup[],
    { known, demo }: { known: readonly Known[]; demo: boolean },
  ): Promise<readonly Identified[]> {
    const claimed = new Set<string>();
    const kept = inOrder(groups).map((group) => {
      const id = keptId(group, known, claimed);
      if (id !== undefined) claimed.add(id);
      return { group, id };
    });
    const missing = kept.filter(({ id }) => id === undefined).length;
    const fresh = await rows<{ id: string }>(
      tx,
      'insert into advisory_group (demo) select $2 from generate_series(1, $1::int) returning id',
      [missing, demo],
    );
    const identified = kept.map(({ group, id }) => ({ group, id: id ?? fresh.pop()!.id }));
    await this.name(tx, identified, demo);
    return identified;
  }

  /** A CVE that moves to another group leaves the one it named before. */
  private async name(tx: Tx, identified: readonly Identified[], demo: boolean): Promise<void> {
    const names = [identified.map(({ id }) => id), identified.map(({ group }) => group.cve ?? null)];
    const given = 'from unnest($1::bigint[], $2::text[]) as given (id, cve)';
    await rows(tx, `update advisory_group g set cve = null ${given} where g.cve = given.cve and g.demo = $3 and g.id <> given.id`, [
      ...names,
      demo,
    ]);
    await rows(
      tx,
      `update advisory_group g set cve = given.cve, merged_into = null ${given}
       where g.id = given.id and (g.cve is distinct from given.cve or g.merged_into is not null)`,
      names,
    );
  }

  private async replaceMembers(tx: Tx, connected: readonly Named[], members: readonly Member[]): Promise<void> {
    await rows(tx, 'delete from advisory_group_member where advisory_id = any($1::bigint[])', [connected.map(({ id }) => id)]);
    await rows(
      tx,
      'insert into advisory_group_member (group_id, advisory_id) select * from unnest($1::bigint[], $2::bigint[]) on conflict do nothing',
      [members.map(({ group }) => group), members.map(({ advisory }) => advisory)],
    );
  }

  private async mergeEmptied(tx: Tx, known: readonly Known[], members: readonly Member[]): Promise<readonly Merge[]> {
    const moved = new Map(members.map(({ group, advisory }) => [advisory, group]));
    const used = new Set(moved.values());
    const merges = known.flatMap(({ id, members: had }) => {
      const into = had.map((advisory) => moved.get(advisory)).find((group) => group !== undefined);
      const left = had.some((advisory) => !moved.has(advisory));
      return used.has(id) || left || into === undefined ? [] : [{ from: id, into }];
    });
    await rows(
      tx,
      'update advisory_group g set merged_into = given.into_id from unnest($1::bigint[], $2::bigint[]) as given (id, into_id) where g.id = given.id',
      [merges.map(({ from }) => from), merges.map(({ into }) => into)],
    );
    return merges;
  }
}

/** Groups with a CVE choose their id first. */
function inOrder(groups: readonly AliasGroup[]): readonly AliasGroup[] {
  return [...groups].sort((a, b) => Number(a.cve === undefined) - Number(b.cve === undefined));
}

/** The id that a group had: by its CVE, else the oldest without a CVE that has one of its members. */
function keptId(group: AliasGroup, known: readonly Known[], claimed: ReadonlySet<string>): string | undefined {
  const free = known.filter(({ id }) => !claimed.has(id));
  const byCve = group.cve === undefined ? undefined : free.find(({ cve }) => cve === group.cve);
  const members = new Set(group.members);
  return (byCve ?? free.find(({ cve, members: had }) => cve === null && had.some((advisory) => members.has(advisory))))?.id;
}
