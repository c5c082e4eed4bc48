import { Count, Maybe, OneOf, Text, Texts } from '@throughline/contracts';
import type { MailMessage } from '../../rendering/mail-message.ts';

export class EmailSettings {
  @Text(253) host: string;
  @Count(1) port: number;
  /** `tls` from the start, `starttls` before anything is said, `none` only without a password. */
  @OneOf(['tls', 'starttls', 'none']) security: 'tls' | 'starttls' | 'none';
  @Text(320) from: string;
  /** Addresses that the operator wrote down; none is ever taken from a commit. */
  @Texts(50, 320) to: string[];
  @Maybe() @Text(320) user?: string;
}

export class EmailSecrets {
  @Maybe() @Text(512) password?: string;
}

/** A mail with the headers that make a thread of one alert (RFC 5322 section 3.6.4) and keep robots quiet (RFC 3834, RFC 2919). */
export interface Mail extends MailMessage {
  readonly messageId: string;
  readonly references?: string;
  readonly listId: string;
}
