import { Injectable } from '@nestjs/common';
import { sha256, uuidv7 } from '@throughline/contracts';
import { weakens } from '@throughline/policy';
import { Database, Problem, requireMatch, type Identity, type Tx } from '@throughline/service';
import { Bundles } from '../bundles/bundles.ts';
import { refuseNarrow, Policies, type ReadPolicy } from '../policies/policies.ts';
import { PolicyRows, type PolicyRow } from '../policies/policy-rows.ts';
import { ChangeRows, type ChangeRow, type NewChange } from './change-rows.ts';
import { narrowerIn, Narrowing } from './narrowing.ts';
import { objectionTo } from './second-person.ts';

const mostWaiting = 50;

/** What a person asks for that one person alone does not get. */
type Weaker = Pick<NewChange, 'kind' | 'source' | 'weakens' | 'affected'>;

/** Publishes policies and takes them away; what would make one weaker waits for a second person. */
@Injectable()
export class Publication {
  constructor(
    private readonly database: Database,
    private readonly table: PolicyRows,
    private readonly policies: Policies,
    private readonly bundles: Bundles,
    private readonly narrowing: Narrowing,
    private readonly changes: ChangeRows,
  ) {}

  /** The policy in force, or the change that waits for approval. Throws `Problem` 403, 409, 412, 422, 428; nothing has changed then. */
  async put(name: string, source: string, caller: Identity, ifMatch?: string): Promise<PolicyRow | ChangeRow> {
    refuseNarrow(caller);
    // Whoever has not read what is in force gets neither cases run nor old denials judged again.
    const read = await this.database.transaction((tx) => this.matching(tx, name, ifMatch));
    const { policy } = await this.policies.tried(name, source);
    const affected = read?.source === source ? [] : await this.narrowing.of(read, policy);
    return this.database.transaction(async (tx) => {
      await this.open(tx);
      const before = await this.matching(tx, name, ifMatch);
      if (before?.source === source) return before;
      if (before?.version !== read?.version) throw new Problem(409, 'conflict', `the policy ${name} was changed meanwhile: read it again`);
      const found = before ? [...weakens(before.document, policy.document), ...narrowerIn(affected)] : [];
      if (before && found.length > 0) return this.ask(tx, before, { kind: 'publish', source, weakens: found, affected }, caller);
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
        return this.ask(tx, before, { kind: 'delete', source: null, weakens: ['the policy is deleted'], affected: [] }, caller);
      await this.policies.takeAway(tx, name);
      await this.bundles.publish(tx, caller.name, `without ${name}`);
      return undefined;
    });
  }

  /** In force from now on. Throws `Problem` 403, 404, 409, 412. */
  async approve(id: string, digest: string, caller: Identity): Promise<ChangeRow> {
    refuseNarrow(caller);
    const asked = await this.database.transaction((tx) => this.found(tx, id));
    const tried = asked.source === null ? undefined : await this.policies.tried(asked.name, asked.source);
    return this.database.transaction(async (tx) => {
      await this.open(tx);
      const change = await this.found(tx, id);
      const objection = objectionTo(caller, change);
      if (objection) throw objection;
      const person = idOf(caller);
      if (change.state === 'approved' && change.decider === person && change.digest === digest) return change;
      refuseDecided(change);
      if (change.digest !== digest)
        throw new Problem(412, 'changed', 'this is not what you have read: read it again, and approve its digest');
      await this.follow(tx, change, tried, caller);
      await this.changes.decide(tx, change.id, { state: 'approved', by: { id: person, name: caller.name } });
      return this.found(tx, id);
    });
  }

  /** Whoever asked may take it back like this too. Throws `Problem` 404, 409. */
  async reject(id: string, reason: string, caller: Identity): Promise<ChangeRow> {
    refuseNarrow(caller);
    return this.database.transaction(async (tx) => {
      await this.open(tx);
      const change = await this.found(tx, id);
      if (change.state === 'rejected' && change.decider === idOf(caller)) return change;
      refuseDecided(change);
      const plain = reason.replaceAll('\0', '').toWellFormed();
      await this.changes.decide(tx, change.id, { state: 'rejected', by: { id: idOf(caller), name: caller.name }, reason: plain });
      return this.found(tx, id);
    });
  }

  /** Throws `Problem` 404. */
  async found(tx: Tx, id: string): Promise<ChangeRow> {
    const change = await this.changes.find(tx, id.toLowerCase());
    if (!change) throw new Problem(404, 'not_found', `there is no change ${id.slice(0, 100)} of a policy`);
    return change;
  }

  private async follow(tx: Tx, { name, source, requestedBy }: ChangeRow, tried: ReadPolicy | undefined, caller: Identity): Promise<void> {
    const note = `asked for by ${requestedBy}, approved by ${caller.name}`;
    if (tried && source !== null) {
      await this.publish(tx, { policy: tried.policy, source, by: requestedBy }, note);
      return;
    }
    await this.policies.takeAway(tx, name);
    await this.bundles.publish(tx, requestedBy, `without ${name}, ${note}`);
  }

  private async publish(tx: Tx, version: { policy: ReadPolicy['policy']; source: string; by: string }, note = ''): Promise<PolicyRow> {
    const row = await this.policies.putInForce(tx, { ...version, builtIn: false });
    await this.bundles.publish(tx, version.by, [`${row.name} version ${row.version}`, note].filter(Boolean).join(', '));
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

  /** The same asked for twice waits once. */
  private async ask(tx: Tx, before: PolicyRow, weaker: Weaker, { person, name }: Identity): Promise<ChangeRow> {
    const what = `this weakens the policy (${weaker.weakens.join(', ')})`;
    if (!person)
      throw new Problem(
        403,
        'second_person_required',
        `${what}: a second person has to approve it, and a token that is nobody’s cannot ask for that: sign in as a person`,
      );
    const id = uuidv7();
    const digest = sha256(JSON.stringify([id, before.name, before.version, weaker]));
    const change: NewChange = {
      ...{ ...weaker, id, digest, name: before.name, base: before.version },
      ...{ requester: person.id, requesterAddress: person.email?.toLowerCase() ?? null, requestedBy: name },
    };
    const waiting = await this.changes.waiting(tx, change);
    if (waiting) return waiting;
    if ((await this.changes.count(tx)) >= mostWaiting)
      throw new Problem(409, 'too_many', `${mostWaiting} changes wait for approval already: decide about some first`);
    await this.changes.insert(tx, change);
    return this.found(tx, id);
  }
}

function refuseDecided({ state, name, base }: ChangeRow): void {
  if (state === 'awaiting_approval') return;
  const why = state === 'superseded' ? `the policy ${name} is not at version ${base} any more: ask again` : `it is ${state} already`;
  throw new Problem(409, 'decided', `this change cannot be decided: ${why}`);
}

const idOf = ({ person, id }: Identity): string => person?.id ?? id;
