import { createHash } from 'node:crypto';
import { findScmProvider, WebhookRefused, type ScmProvider } from '@throughline/scm';
import { Problem } from '@throughline/service/plain';
import type { Orders, ReadDelivery, ReadOrder } from './orders.ts';
import { readPayload } from './read-payload.ts';

/** Stands for the address of a source that nobody has told yet: no repository lies there. */
const nowhere = 'https://unknown.invalid';

/** What is done with a body, wherever it is done: here for small ones, in a thread for large ones. Throws `Problem` 4xx. */
export const reading: { readonly [T in keyof Orders]: (order: Orders[T]['order'], body: Buffer) => Orders[T]['answer'] } = {
  verify: ({ provider, headers, secrets, now }, body) => providerOf(provider).webhook.verify(headers, body, secrets, now),
  read,
};

function read({ provider, contentType, event, source, baseUrl, takesAddress }: ReadOrder, body: Buffer): ReadDelivery {
  const payload = readPayload(contentType, body);
  const { webhook } = providerOf(provider);
  try {
    const told = baseUrl === undefined && takesAddress ? webhook.siteOf(payload) : undefined;
    const translation = webhook.translate(event, payload, { source, baseUrl: baseUrl ?? told ?? nowhere });
    const digest = createHash('sha256').update(body).digest('hex');
    return { translation, digest, ...(told === undefined ? {} : { told }) };
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
