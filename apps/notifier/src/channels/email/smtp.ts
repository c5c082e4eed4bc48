import { createTransport, type SentMessageInfo } from 'nodemailer';
import { SendFailed, type Receipt, type Sending } from '../channel.ts';
import type { EmailSecrets, EmailSettings, Mail } from './settings.ts';

type Mailing = Sending<EmailSettings, EmailSecrets>;

/** Sends over a socket that the outbound door connected. The `Message-ID` is the same at every attempt. */
export async function sendMail(mail: Mail, context: Mailing): Promise<Receipt> {
  const { settings, secrets } = context;
  const transport = createTransport({
    host: settings.host,
    port: settings.port,
    secure: settings.security === 'tls',
    requireTLS: settings.security === 'starttls',
    ignoreTLS: settings.security === 'none',
    ...(settings.user !== undefined && secrets.password !== undefined && { auth: { user: settings.user, pass: secrets.password } }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket: (_options: unknown, callback: (error: Error | null, socket?: object) => void) => {
      const target = { scheme: settings.security === 'tls' ? 'smtps' : 'smtp', host: settings.host, port: settings.port };
      context.outbound.dial(target).then(
        (connection) => callback(null, { connection }),
        (error: Error) => callback(error),
      );
    },
  } as object);
  try {
    const info = (await transport.sendMail(envelope(mail, context))) as SentMessageInfo;
    return { id: (info as { messageId: string }).messageId };
  } catch (error) {
    throw failureOf(error);
  } finally {
    transport.close();
  }
}

function envelope(mail: Mail, { settings }: Mailing): object {
  return {
    from: settings.from,
    to: settings.to,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: mail.messageId,
    ...(mail.references !== undefined && { references: mail.references, inReplyTo: mail.references }),
    headers: { 'Auto-Submitted': 'auto-generated', 'List-Id': mail.listId },
  };
}

interface SmtpError {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
  readonly message: string;
}

/** 5xx: the server will never take it. 4xx: later. No answer after the body was sent: nobody knows. */
function failureOf(error: unknown): Error {
  const { code, command, responseCode, message } = error as SmtpError;
  if (code === 'address_refused') return error as Error;
  const what = `the mail server said: ${message.slice(0, 200)}`;
  if (code === 'EAUTH' || (responseCode !== undefined && responseCode >= 500)) return new SendFailed('refused', what);
  if (responseCode !== undefined) return new SendFailed('not_sent', what);
  return new SendFailed(command === 'DATA' || command === '.' ? 'unknown' : 'not_sent', what);
}
