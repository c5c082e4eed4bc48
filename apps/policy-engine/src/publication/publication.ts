import { Injectable } from '@nestjs/common';
import { weakens } from '@throughline/policy';
import { Database, Problem, requireMatch, type Identity, type Tx } from '@throughline/service';
import { Bundles } from '../bundles/bundles.ts';
import { refuseNarrow, Policies, type ReadPolicy } from '../policies/policies.ts';
import { PolicyRows, type PolicyRow } from '../policies/policy-rows.ts';
import { contentsOf } from '../changes/change-parts.ts';
import { ChangeRequests } from '../changes/change-requests.ts';
import type { ChangeRow } from '../changes/change-rows.ts';
import { isApproved } from '../changes/second-person.ts';
import { Narrowing } from './narrowing.ts';

const longestNote = 500;

/** A policy that a change publishes, read anew, or takes away. */
interface TriedPart {
  readonly name: string;
  readonly source: string | undefined;
  readonly read: ReadPolicy | undefined;
}

/** Publishes policies and takes them away; what would make one weaker waits for a second person. */
@Injectable()
export class Publication {
  constructor(
    private readonly database: Database,
    private readonly table: PolicyRows,
    private readonly policies: Policies,
    private readonly bundles: Bundles,
    private readonly narrowing: Narrowing,
    private readonly requests: ChangeRequests,
  ) {}

  /** The policy in force, or the change that waits for approval. Throws `Problem` 403, 409, 412, 422, 428; nothing has changed then. */
  async put(name: string, source: string, caller: Identity, ifMatch?: string): Promise<PolicyRow | ChangeRow> {
    refuseNarrow(caller);
    // Whoever has not read what is in force gets neither cases run nor old denials judged again.
    const read = await this.database.transaction((tx) => this.matching(tx, name, ifMatch));
    const { policy } = await this.policies.tried(name, source);
    const narrowed = await this.narrowing.of(read && read.source !== source ? [{ before: read, after: policy }] : []);
    return this.database.transaction(async (tx) => {
      await this.open(tx);
      const before = await this.matching(tx, name, ifMatch);
      if (before?.source === source) return before;
      if (before?.version !== read?.version) throw new Problem(409, 'conflict', `the policy ${name} was changed meanwhile: read it again`);
      const found = before ? [...weakens(before.document, policy.document), ...narrowed.weakens.map(({ what }) => what)] : [];
      if (before && found.length > 0) {
        const { affected } = narrowed;
        return this.requests.ask(
          tx,
          { name, application: null, base: before.version, kind: 'publish', source, weakens: found, affected },
          caller,
        );
      }
      if (!before) await this.policies.refuseTooMany(tx, 1);
      return this.publish(tx, { policy, source, by: caller.name });
    });
  }

  /** Undefined when it is gone; else the change that waits: one that blocks or warns is never taken away by one person. */
  async remove(name: string, caller: Identity, ifMatch?: string): Promise<ChangeRow | undefined> {
    refuseNarrow(caller);
    return this.database.transaction(async (tx) => {
      await this.open(tx);
      const before = await this.matching(tx, name, ifMatch);
      if (!before) throw new Problem(404, 'not_found', `there is no policy ${name}`);
      if (before.document.mode !== 'audit' || before.builtIn)
        return this.requests.ask(
          tx,
          { name, application: null, base: before.version, kind: 'delete', source: null, weakens: ['the policy is deleted'], affected: [] },
          caller,
        );
      await this.policies.takeAway(tx, name);
      await this.bundles.publish(tx, caller.name, `without ${name}`);
      return undefined;
    });
  }

  /** In force from now on. Throws `Problem` 403, 404, 409, 412. */
  async approve(id: string, digest: string, caller: Identity): Promise<ChangeRow> {
    refuseNarrow(caller);
    const asked = await this.database.transaction((tx) => this.requests.found(tx, id, caller));
    if (isApproved(asked, digest, caller)) return asked;
    const tried = await this.triedParts(asked);
    return this.database.transaction(async (tx) => {
      await this.open(tx);
      const change = await this.requests.found(tx, id, caller);
      if (isApproved(change, digest, caller)) return change;
      await this.follow(tx, change, tried, caller);
      return this.requests.approved(tx, change, caller);
    });
  }

  /** Whoever asked may take it back like this too. Throws `Problem` 404, 409. */
  async reject(id: string, reason: string, caller: Identity): Promise<ChangeRow> {
    refuseNarrow(caller);
    return this.database.transaction(async (tx) => {
      await this.open(tx);
      return this.requests.reject(tx, id, reason, caller);
    });
  }

  /** Cases are run again: they may lean on what changed since. */
  private async triedParts(change: ChangeRow): Promise<readonly TriedPart[]> {
    const tried: TriedPart[] = [];
    for (const { policy, source } of contentsOf(change).parts) {
      tried.push({ name: policy, source, read: source === undefined ? undefined : await this.policies.tried(policy, source) });
    }
    return tried;
  }

  private async follow(tx: Tx, change: ChangeRow, parts: readonly TriedPart[], caller: Identity): Promise<void> {
    const { requestedBy: by } = change;
    const said: string[] = [];
    for (const { name, source, read } of parts) {
      if (read && source !== undefined) {
        const { version } = await this.policies.putInForce(tx, { policy: read.policy, source, by, builtIn: false });
        said.push(`${name} version ${version}`);
      } else {
        await this.policies.takeAway(tx, name);
        said.push(`without ${name}`);
      }
    }
    if (change.kind === 'bundle') await this.policies.refuseTooMany(tx);
    const what = change.kind === 'bundle' ? (contentsOf(change).note ?? `${parts.length} policies at once`) : said.join(', ');
    await this.bundles.publish(tx, by, noteOf(what, `asked for by ${by}, approved by ${caller.name}`));
  }

  private async publish(tx: Tx, version: { policy: ReadPolicy['policy']; source: string; by: string }): Promise<PolicyRow> {
    const row = await this.policies.putInForce(tx, { ...version, builtIn: false });
    await this.bundles.publish(tx, version.by, `${row.name} version ${row.version}`);
    return row;
  }

  private async open(tx: Tx): Promise<void> {
    await this.table.lock(tx);
    await this.bundles.refuseUnsigned(tx);
  }

  private async matching(tx: Tx, name: string, ifMatch: string | undefined): Promise<PolicyRow | undefined> {
    const before = await this.table.find(tx, name);
    if (before || ifMatch !== undefined) requireMatch(`the policy ${name}`, before?.version, ifMatch);
    return before;
  }
}

/** Who is always told, and as much of the rest as there is room for. */
function noteOf(what: string, who: string): string {
  return `${what.slice(0, Math.max(0, longestNote - who.length - 2)).toWellFormed()}, ${who}`;
}
