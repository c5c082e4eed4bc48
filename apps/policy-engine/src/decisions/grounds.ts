import { Injectable } from '@nestjs/common';
import type { Gate } from '@throughline/contracts';
import type { Tolerance } from '@throughline/policy';
import { Tolerances } from '../applications/tolerances.ts';
import type { Order } from '../evaluation/orders.ts';
import { paged, Snapshots, type SubjectSnapshot } from '../facts/snapshots.ts';
import { PoliciesInForce, type PolicySet } from '../policies/policies-in-force.ts';

/** By what a subject is judged now: the policies in force and its tolerance, each with a digest that changes with it. */
export interface Measure {
  readonly policies: PolicySet;
  readonly tolerance: Tolerance;
  readonly toleranceDigest: string;
}

/** All that a judgement needs. */
export interface Ground extends Measure {
  readonly snapshot: SubjectSnapshot;
}

/** Gathers what is judged and by what. */
@Injectable()
export class Grounds {
  constructor(
    private readonly snapshots: Snapshots,
    private readonly policies: PoliciesInForce,
    private readonly tolerances: Tolerances,
  ) {}

  async measure(repository: string): Promise<Measure> {
    const [policies, { tolerance, digest }] = await Promise.all([this.policies.now(), this.tolerances.ofRepository(repository)]);
    return { policies, tolerance, toleranceDigest: digest };
  }

  /** Undefined for a subject that is not known. By `measure`, if it was just taken. */
  async of(subject: string, measure?: Measure): Promise<Ground | undefined> {
    const snapshot = await this.snapshots.of(subject);
    return snapshot && { snapshot, ...(measure ?? (await this.measure(snapshot.subject.repository))) };
  }
}

/** The ground as the evaluation takes it. */
export function orderOf({ snapshot, policies, tolerance }: Ground, gate: Gate, unknown?: readonly string[]): Order {
  return {
    source: { snapshot: paged(snapshot, gate, unknown), tolerance, waivers: snapshot.waivers, at: new Date().toISOString() },
    policies: policies.policies,
  };
}
