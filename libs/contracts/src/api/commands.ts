import { Length, Matches } from 'class-validator';
import { Count, Maybe, Nested, OneOf, Text, Texts } from '../fields.ts';

export const commandVerbs = ['rerun', 'waive', 'false-positive', 'link', 'unreadable'] as const;
export type CommandVerb = (typeof commandVerbs)[number];

/** What a line of a comment asks for. */
export class Command {
  @OneOf(commandVerbs) verb: CommandVerb;
  /** Number of a matter, as our comment below the change request shows it. */
  @Maybe() @Count(1) item?: number;
  /** Day until which it is asked for, inclusive. */
  @Maybe() @Matches(/^\d{4}-\d{2}-\d{2}$/) until?: string;
  @Maybe() @Length(1, 500) reason?: string;
  @Maybe() @Text(100) code?: string;
  /** Why it cannot be read. */
  @Maybe() @Text(300) problem?: string;
}

/** Body of the internal `POST /internal/commands`: who says it is the account that the host authenticated, what that allows is found out here. */
export class GivenCommand {
  @Text(64) source: string;
  @Length(1, 128) account: string;
  @Text(200) login: string;
  /** Id of the comment at its host, and which command of it this is. */
  @Text(128) comment: string;
  @Count(0) place: number;
  /** Canonical id, and the id of its row. */
  @Text(1024) repository: string;
  @Text(64) repositoryId: string;
  @Count(1) number: number;
  @Nested(() => Command) command: Command;
}

/** What became of it. Strangers get no answer. */
export class CommandOutcome {
  @OneOf(['done', 'refused', 'stranger']) outcome: 'done' | 'refused' | 'stranger';
  /** In words for the delivery. */
  @Text(500) reason: string;
  /** What the account is told. */
  @Maybe() @Text(500) answer?: string;
}

/** Query of the internal `GET /internal/change-requests`. */
export class ChangeRequestQuestion {
  @Text(1024) repository: string;
  @Matches(/^[1-9]\d{0,9}$/) number: string;
  @Maybe() @Matches(/^[1-9]\d{0,3}$/) item?: string;
}

/** A change request as our comment tells it. */
export class ToldChangeRequest {
  @Text(64) head: string;
  /** Ref of the repository that leads to the head; absent for a fork. */
  @Maybe() @Text(512) ref?: string;
  /** Findings behind the number that was asked for. */
  @Maybe() @Texts(500, 64) findings?: string[];
}
