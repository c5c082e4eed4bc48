import { ArrayMinSize, ArrayUnique, IsIn, Length } from 'class-validator';
import { DecisionSubject, gates, results, type Gate, type Result } from '../events/decision.ts';
import { Count, Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';

/** Body of `POST /api/v1/policies/replay`: a policy, and the decisions that are judged again with it. */
export class PolicyReplayRequest {
  /** Name of a published policy, or a document (YAML, JSON) that nobody has published. */
  @Length(1, 65_536) policy: string;
  /** Decisions from then on. */
  @Time() since: string;
  /** Those of the policy when left out. */
  @Maybe() @Texts(5, 32) @ArrayMinSize(1) @ArrayUnique() @IsIn([...gates], { each: true }) gates?: Gate[];
}

/** A decision that would have come out differently. */
export class ReplayedDecision {
  @Text(64) decision: string;
  @OneOf(gates) gate: Gate;
  @Nested(() => DecisionSubject) subject: DecisionSubject;
  @OneOf(results) was: Result;
  @OneOf(results) would: Result;
}

/** A replay: how far it has come, and what it found. */
export class PolicyReplay {
  @Text(64) id: string;
  @OneOf(['queued', 'running', 'done', 'failed']) status: 'queued' | 'running' | 'done' | 'failed';
  @Text(200) location: string;
  /** Name of the policy. */
  @Text(100) policy: string;
  @Time() since: string;
  @Texts(5, 32) gates: string[];
  /** Judged again so far. */
  @Count() decisions: number;
  /** Of those, with the same result for the same reasons. */
  @Count() identical: number;
  /** With the same result for other reasons. */
  @Count() otherReasons: number;
  /** With another result; `changed` names the latest 500. */
  @Count() changedTotal: number;
  @ListOf(() => ReplayedDecision, 500) changed: ReplayedDecision[];
  /** Their inputs are not kept any more. */
  @Count() gone: number;
  /** There are more decisions than one replay judges: the latest were taken. */
  @Flag() truncated: boolean;
  @Maybe() @Text(500) failure?: string;
}
