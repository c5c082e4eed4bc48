import { Type } from 'class-transformer';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Maybe } from './fields.ts';

/** How a list is paged: query classes of lists extend it. */
export class PageQuery {
  /** 1 to 200, 50 when absent. */
  @Maybe() @Type(() => Number) @IsInt() @Min(1) @Max(200) limit?: number;
  /** `next` of the page before. */
  @Maybe() @IsString() @MaxLength(2048) cursor?: string;
}

/** One page of a list; `next` is null on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
