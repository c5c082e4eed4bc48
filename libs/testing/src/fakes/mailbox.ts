import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A mail server that keeps what it is sent. */
export interface Mailbox {
  readonly port: number;
  readonly mails: readonly ParsedMail[];
  /** Whoever was named as a receiver of anything. */
  readonly recipients: ReadonlySet<string>;
  /** Set to refuse everything with this code. */
  refuseWith: number | undefined;
  close(): Promise<void>;
}

export async function mailbox(): Promise<Mailbox> {
  const mails: ParsedMail[] = [];
  const recipients = new Set<string>();
  const state: { refuseWith: number | undefined } = { refuseWith: undefined };
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo(address, _session, callback) {
      if (state.refuseWith !== undefined) return callback(Object.assign(new Error('not now'), { responseCode: state.refuseWith }));
      recipients.add(address.address);
      return callback();
    },
    onData(stream, _session, callback) {
      simpleParser(stream).then(
        (mail) => {
          mails.push(mail);
          callback();
        },
        (error: Error) => callback(error),
      );
    },
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    recipients,
    get refuseWith() {
      return state.refuseWith;
    },
    set refuseWith(code) {
      state.refuseWith = code;
    },
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}
