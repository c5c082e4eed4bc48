import { Max, Min } from 'class-validator';
import { Env, ServiceConfig } from '@throughline/service';

/** What policy-engine is told beside what every service is told. */
export class PolicyEngineConfig extends ServiceConfig {
  /** Days from when a line of a repository was first seen until what it asks for ends, where it names no end itself. */
  @Env('SUPPRESSION_DAYS', { default: '90' }) @Min(1) @Max(365) suppressionDays: number;
}
