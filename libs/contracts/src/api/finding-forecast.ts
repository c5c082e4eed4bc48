import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { severities, type Severity } from '../events/finding.ts';
import { Count, Flag, ListOf, Maybe, OneOf, Text, Time } from '../fields.ts';
import { FindingQuery } from './ledger.ts';

/** Which findings a forecast is about, and how far it looks. */
export class ForecastQuery extends FindingQuery {
  /** 7 when absent. */
  @Maybe() @Type(() => Number) @IsInt() @Min(1) @Max(365) days?: number;
}

/** What of one application, owner and severity is late, or will be. */
export class ForecastGroup {
  @Text(100) application: string;
  /** By CODEOWNERS, else of the application, else `unowned`. */
  @Text(200) owner: string;
  @OneOf(severities) severity: Severity;
  /** Late already. */
  @Count() breached: number;
  /** Will be, unless somebody does something. */
  @Count() breaching: number;
}

/** How many deadlines are broken on one day. */
export class ForecastDay {
  /** In UTC, e.g. `2026-11-24`. */
  @Text(10) day: string;
  @Count() breaching: number;
}

/** Which deadlines are broken within the next days, when nobody does anything; exceptions that end by then have ended. */
export class FindingForecast {
  @Time() from: string;
  @Time() until: string;
  @Count() breached: number;
  @Count() breaching: number;
  /** Those with most to come first. */
  @ListOf(() => ForecastGroup, 1000) groups: ForecastGroup[];
  /** There are more groups than are named. */
  @Flag() more: boolean;
  @ListOf(() => ForecastDay, 366) days: ForecastDay[];
}
