import { Injectable } from '@nestjs/common';
import type { PolicyBundleDocument, PolicyChangePart } from '@throughline/contracts';
import { weakens } from '@throughline/policy';
import { Database, Problem, requireMatch, type Fault, type Identity, type SigningKeyRow, type Tx } from '@throughline/service';
import { Policies, refuseNarrow, reservedNames, type ReadPolicy } from '../policies/policies.ts';
import { PolicyRows, type PolicyRow } from '../policies/policy-rows.ts';
import { BundleKeys } from '../bundles/bundle-keys.ts';
import { BundleRows, type BundleRow } from '../bundles/bundle-rows.ts';
import { Bundles } from '../bundles/bundles.ts';
import { textOfBundle } from '../changes/change-parts.ts';
import { ChangeRequests } from '../changes/change-requests.ts';
import type { ChangeRow } from '../changes/change-rows.ts';
import { Narrowing, type Narrowed } from './narrowing.ts';

/** A policy that was read and whose cases pass, with its text. */
interface Tried extends ReadPolicy {
  readonly source: string;
}

/** All that is published at once. */
interface Wanted {
  readonly policies: readonly Tried[];
  /** They are all: what is not among them is taken away. */
  readonly complete: boolean;
  readonly note: string | undefined;
}

/** What is published anew, and what is taken away. */
interface Difference {
  readonly gone: readonly PolicyRow[];
  readonly fresh: readonly (Tried & { readonly old: PolicyRow | undefined })[];
}

/** Publishes many policies at once, or none of them; what would make one weaker waits, all of it, for a second person. */
@Injectable()
export class BundlePublication {
  constructor(
    private readonly database: Database,
    private readonly policies: Policies,
    private readonly table: PolicyRows,
    private readonly rows: BundleRows,
    private readonly bundles: Bundles,
    private readonly keys: BundleKeys,
    private readonly narrowing: Narrowing,
    private readonly requests: ChangeRequests,
  ) {}

  /** The bundle in force, or the change that waits for approval. Throws `Problem` 403, 404, 409, 412, 422, 428; nothing has changed then. */
  async publish(asked: PolicyBundleDocument, caller: Identity, ifMatch: string | undefined): Promise<BundleRow | ChangeRow> {
    refuseNarrow(caller);
    const { note } = asked;
    if ((asked.policies === undefined) === (asked.rollbackTo === undefined))
      throw new Problem(422, 'invalid', 'send either policies, or rollbackTo with the sequence to go back to');
    // Whoever has not read what is in force gets neither cases run nor old denials judged again.
    const seen = await this.database.transaction((tx) => this.matching(tx, ifMatch));
    const earlier = asked.rollbackTo === undefined ? undefined : await this.sourcesOf(asked.rollbackTo);
    const wanted: Wanted = {
      policies: await this.tried(earlier ?? asked.policies!.map(({ source }) => source)),
      complete: earlier !== undefined || asked.complete === true,
      note: note ?? (earlier && `back to ${asked.rollbackTo}`),
    };
    const narrowed = await this.narrowed(await this.database.transaction((tx) => this.table.page(tx, '', 1000)), wanted);
    return this.database.transaction(async (tx) => {
      await this.table.lock(tx);
      await this.bundles.refuseUnsigned(tx);
      const current = await this.matching(tx, ifMatch);
      if (current?.sequence !== seen?.sequence) throw new Problem(409, 'conflict', 'the policies were changed meanwhile: read them again');
      const difference = await this.difference(tx, wanted);
      const weaker = [...weakerBy(difference), ...narrowed.weakens.map(({ policy, what }) => `${policy}: ${what}`)];
      if (current && weaker.length > 0) {
        const { gone, fresh } = difference;
        await this.policies.refuseTooMany(tx, fresh.filter(({ old }) => !old).length - gone.length);
        const source = textOfBundle({ note: wanted.note, parts: partsOf(difference) });
        const change = {
          name: null,
          application: null,
          base: current.sequence,
          kind: 'bundle',
          source,
          weakens: weaker,
          affected: narrowed.affected,
        } as const;
        return this.requests.ask(tx, change, caller);
      }
      await this.apply(tx, difference, caller.name);
      return current && difference.gone.length + difference.fresh.length === 0
        ? current
        : this.bundles.publish(tx, caller.name, wanted.note);
    });
  }

  /** A new key signs what is in force; also the way out where the former one is lost, or something was never signed. */
  rotate(caller: Identity): Promise<SigningKeyRow> {
    refuseNarrow(caller);
    return this.database.transaction(async (tx) => {
      await this.table.lock(tx);
      const key = await this.keys.rotate(tx);
      await this.bundles.publish(tx, caller.name, 'a new key');
      return key;
    });
  }

  private async matching(tx: Tx, ifMatch: string | undefined): Promise<BundleRow | undefined> {
    const current = await this.rows.current(tx);
    requireMatch('the policy bundle', current?.sequence, ifMatch);
    return current;
  }

  private async sourcesOf(sequence: number): Promise<readonly string[]> {
    const { bundle } = await this.database.transaction((tx) => this.bundles.open(tx, sequence));
    return bundle.policies.map(({ source }) => source);
  }

  /** Reads every policy and runs all of its cases; throws `Problem` 422 with every place that is wrong. */
  private async tried(sources: readonly string[]): Promise<readonly Tried[]> {
    const faults: Fault[] = [];
    const tried: Tried[] = [];
    for (const [index, source] of sources.entries()) {
      const at = (pointer: string): string => `/policies/${index}${pointer}`;
      try {
        const read = await this.policies.test(source);
        const { name } = read.policy.document;
        if (reservedNames.has(name)) faults.push({ pointer: at('/name'), detail: `${name} is a path of its own` });
        if (tried.some(({ policy }) => policy.document.name === name))
          faults.push({ pointer: at('/name'), detail: `${name} is there twice` });
        for (const [number, { name: title, passed, difference }] of read.cases.entries())
          if (!passed) faults.push({ pointer: at(`/cases/${number}`), detail: `${name}, "${title}": ${difference ?? 'failed'}` });
        tried.push({ ...read, source });
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 422) throw error;
        faults.push(...(error.errors ?? []).map(({ pointer, detail }) => ({ pointer: at(pointer), detail })));
      }
    }
    if (faults.length === 0) return tried;
    throw new Problem(422, 'bundle_refused', 'the bundle has policies that cannot be read, or whose own cases fail', faults.slice(0, 50));
  }

  /** Denials to which the policies would no longer lead, or with less. */
  private narrowed(before: readonly PolicyRow[], { policies }: Wanted): Promise<Narrowed> {
    return this.narrowing.of(
      policies.flatMap(({ policy, source }) => {
        const old = find(before, policy.document.name);
        return old === undefined || old.source === source ? [] : [{ before: old, after: policy }];
      }),
    );
  }

  private async difference(tx: Tx, { policies, complete }: Wanted): Promise<Difference> {
    const before = await this.table.page(tx, '', 1000);
    const gone = complete ? before.filter(({ name }) => !policies.some(({ policy }) => policy.document.name === name)) : [];
    const fresh = policies
      .map((tried) => ({ ...tried, old: find(before, tried.policy.document.name) }))
      .filter(({ old, source }) => old?.source !== source);
    return { gone, fresh };
  }

  /** Puts in force what differs. */
  private async apply(tx: Tx, { gone, fresh }: Difference, by: string): Promise<void> {
    for (const { name } of gone) await this.policies.takeAway(tx, name);
    for (const { policy, source } of fresh) await this.policies.putInForce(tx, { policy, source, by, builtIn: false });
    await this.policies.refuseTooMany(tx);
  }
}

function weakerBy({ gone, fresh }: Difference): readonly string[] {
  return [
    ...gone.filter(({ document, builtIn }) => document.mode !== 'audit' || builtIn).map(({ name }) => `${name} is deleted`),
    ...fresh.flatMap(({ old, policy: { document } }) =>
      old ? weakens(old.document, document).map((what) => `${document.name}: ${what}`) : [],
    ),
  ];
}

function partsOf({ gone, fresh }: Difference): readonly PolicyChangePart[] {
  return [
    ...gone.map(({ name, version }) => ({ policy: name, kind: 'delete' as const, base: version })),
    ...fresh.map(({ old, policy, source }) => ({
      ...{ policy: policy.document.name, kind: 'publish' as const, source },
      ...(old === undefined ? {} : { base: old.version }),
    })),
  ];
}

function find(policies: readonly PolicyRow[], name: string): PolicyRow | undefined {
  return policies.find((each) => each.name === name);
}
