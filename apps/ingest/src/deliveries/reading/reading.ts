import { createHash } from 'node:crypto';
import { findScmProvider, WebhookRefused, type ScmProvider } from '@throughline/scm';
import { Problem } from '@throughline/service/plain';
import type { Orders, ReceivedDelivery, ReceiveOrder } from './orders.ts';
import { readPayload } from './read-payload.ts';

/** Stands for the address of a source that nobody has told yet: no repository lies there. */
const nowhere = 'https://unknown.invalid';

/** What is done with a body, wherever it is done: here for small ones, in a thread for large ones. Throws `Problem` 4xx. */
export const reading: { readonly [T in keyof Orders]: (order: Orders[T]['order'], body: Buffer) => Orders[T]['answer'] } = {
  verify: ({ provider, headers, secrets, now }, body) => providerOf(provider).webhook.verify(headers, body, secrets, now),
  receive,
  read: ({ provider, contentType, event, source, baseUrl }, body) => {
    const payload = readPayload(contentType, body);
    return asked(() => providerOf(provider).webhook.translate(event, payload, { source, baseUrl: baseUrl ?? nowhere }));
  },
};

function receive({ provider, contentType, headers, source, baseUrl, takesAddress }: ReceiveOrder, body: Buffer): ReceivedDelivery {
  const payload = readPayload(contentType, body);
  const { webhook } = providerOf(provider);
  return asked(() => {
    const arrival = webhook.arrival(headers, payload);
    const told = baseUrl === undefined && takesAddress ? webhook.siteOf(payload) : undefined;
    const translation = webhook.translate(arrival.event, payload, { source, baseUrl: baseUrl ?? told ?? nowhere });
    const digest = createHash('sha256').update(body).digest('hex');
    return { arrival, translation, digest, ...(told === undefined ? {} : { told }) };
  });
}

function asked<T>(question: () => T): T {
  try {
    return question();
  } catch (error) {
    if (error instanceof WebhookRefused) throw new Problem(422, error.code, error.message);
    throw error;
  }
}

function providerOf(name: string): ScmProvider {
  const provider = findScmProvider(name);
  if (!provider) throw new Error(`there is no provider ${name}`);
  return provider;
}
