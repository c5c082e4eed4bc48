import { MinLength } from 'class-validator';
import { Flag, Maybe, Text, Time } from '../fields.ts';

/** What somebody wrote about a finding. Of one that was taken back only who, and when, is left. */
export class FindingComment {
  @Text(64) id: string;
  /** Finding on which it was written: one of those that were merged since. */
  @Text(64) finding: string;
  @Time() at: string;
  @Text(200) by: string;
  /** Whether the caller wrote it, and so may change it. */
  @Flag() own: boolean;
  /** Markdown, as it was written: it is shown as text and never run. */
  @Maybe() @Text(10_000) text?: string;
  @Maybe() @Time() editedAt?: string;
  @Maybe() @Time() deletedAt?: string;
}

/** Body of `POST /api/v1/findings/{id}/comments`, and of `PATCH` for one. */
export class NewFindingComment {
  @Text(10_000) @MinLength(1) text: string;
}
