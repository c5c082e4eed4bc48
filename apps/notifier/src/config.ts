import { Min } from 'class-validator';
import { Env, ServiceConfig } from '@throughline/service';

/** What the notifier is told beside what every service is told. */
export class NotifierConfig extends ServiceConfig {
  /** Domains that mail may go to; any that an operator wrote into a channel when empty. */
  @Env('MAIL_DOMAINS', { default: '' }) mailDomains: string[];
  /** How long a decision may stay undecided before somebody hears of it. */
  @Env('UNDECIDED_GRACE_SECONDS', { default: '60' }) @Min(0) undecidedGraceSeconds: number;
  /** How long a message that cannot be edited waits for what belongs to it. */
  @Env('SETTLE_SECONDS', { default: '5' }) @Min(0) settleSeconds: number;

  /** Host name of the public address; mail threads are named under it. */
  get linkHost(): string {
    return URL.parse(this.publicUrl)?.hostname ?? 'throughline';
  }
}
