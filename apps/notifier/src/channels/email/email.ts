import { mailMessage } from '../../rendering/mail-message.ts';
import { mailAtom } from '../../text/mail-header.ts';
import type { Channel } from '../channel.ts';
import type { AlertMessage } from '../message.ts';
import { EmailSecrets, EmailSettings, type Mail } from './settings.ts';
import { sendMail } from './smtp.ts';

const address = /^[^\s<>@,;:"()[\]\\]{1,64}@[A-Za-z0-9.-]{1,253}$/;

/** Mail by SMTP, text and HTML, one thread per alert. */
export const email: Channel<AlertMessage, EmailSettings, EmailSecrets, Mail> = {
  name: 'email',
  takes: 'alert',
  settings: EmailSettings,
  secrets: EmailSecrets,
  delays: [10, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 57_600],
  tells: () => 'news',
  origin: (settings) => `${settings.security}://${settings.host}:${settings.port}`,

  recipients: (settings) => settings.to,

  fault(settings, secrets) {
    if (settings.to.length === 0) return 'settings.to is empty: name at least one address';
    const wrong = [settings.from, ...settings.to].find((candidate) => !address.test(candidate));
    if (wrong !== undefined) return `${JSON.stringify(wrong.slice(0, 100))} is not a mail address`;
    if (settings.security === 'none' && secrets.password) return 'a password needs security tls or starttls';
    return (settings.user === undefined) === (secrets.password === undefined)
      ? undefined
      : 'settings.user and secrets.password belong together';
  },

  render(message, { earlier, host }) {
    const root = `<${mailAtom(message.alert)}.0@${mailAtom(host)}>`;
    return {
      ...mailMessage(message),
      messageId: earlier === 0 ? root : `<${mailAtom(message.alert)}.${earlier}@${mailAtom(host)}>`,
      ...(earlier > 0 && { references: root }),
      listId: `<${mailAtom(message.application)}.${mailAtom(host)}>`,
    };
  },

  send: sendMail,
};
