import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message as it stands in the channel now. */
export interface SlackPost {
  readonly ts: string;
  readonly key: string | undefined;
  text: string;
  blocks: readonly unknown[];
  edits: number;
}

/** How the next calls end: answered, an error before or after the message was taken, or no connection at all. */
export type SlackMood = 'well' | 'error 500' | 'taken, then 500' | 'limited';

/** Slack as far as we use it: Web API and incoming webhooks, with the limits that the real one checks. */
export interface FakeSlack {
  readonly apiUrl: string;
  readonly webhookUrl: string;
  readonly origin: string;
  readonly token: string;
  mood: SlackMood;
  readonly posts: readonly SlackPost[];
  readonly hooked: readonly { readonly text: string; readonly blocks: readonly unknown[] }[];
  /** Every call in order, `chat.postMessage 200`. */
  readonly calls: readonly string[];
  close(): Promise<void>;
}

interface Body {
  readonly text: string;
  readonly blocks: readonly { readonly type: string; readonly text?: { readonly text: string } }[];
  readonly ts?: string;
  readonly metadata?: { readonly event_type: string; readonly event_payload: { readonly key: string } };
}

export async function fakeSlack(): Promise<FakeSlack> {
  const posts: SlackPost[] = [];
  const hooked: Body[] = [];
  const calls: string[] = [];
  const token = 'xoxb-not-a-real-token';
  const state = { mood: 'well' as SlackMood };

  const take = (method: string, body: Body): object => {
    if (method === 'hook') {
      hooked.push(body);
      return { ok: true };
    }
    if (method === 'conversations.history') {
      const messages = posts.map((post) => ({
        ts: post.ts,
        metadata: { event_type: 'throughline_message', event_payload: { key: post.key } },
      }));
      return { ok: true, messages };
    }
    if (method === 'chat.update') {
      const post = posts.find(({ ts }) => ts === body.ts);
      if (!post) return { ok: false, error: 'message_not_found' };
      Object.assign(post, { text: body.text, blocks: body.blocks, edits: post.edits + 1 });
      return { ok: true, ts: post.ts };
    }
    const ts = `1700000000.${String(posts.length + 1).padStart(6, '0')}`;
    posts.push({ ts, key: body.metadata?.event_payload.key, text: body.text, blocks: body.blocks, edits: 0 });
    return { ok: true, channel: 'C1', ts };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = JSON.parse(await textOf(request)) as Body;
    const method = request.url === '/hook' ? 'hook' : request.url!.slice('/api/'.length);
    const end = (status: number, json: object | string, headers: Record<string, string> = {}): void => {
      calls.push(`${method} ${status}`);
      response.writeHead(status, headers).end(typeof json === 'string' ? json : JSON.stringify(json));
    };
    if (method !== 'hook' && request.headers.authorization !== `Bearer ${token}`) return end(200, { ok: false, error: 'invalid_auth' });
    if (state.mood === 'error 500') return end(500, 'down');
    if (state.mood === 'limited') return end(429, 'slow down', { 'retry-after': '30' });
    const fault = method.startsWith('chat.') || method === 'hook' ? faultOf(body) : undefined;
    if (fault) return end(200, { ok: false, error: fault });
    const result = take(method, body);
    if (state.mood === 'taken, then 500') return end(500, 'nobody knows');
    return end(200, method === 'hook' ? 'ok' : result);
  };

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    apiUrl: `${origin}/api`,
    webhookUrl: `${origin}/hook`,
    origin,
    token,
    get mood() {
      return state.mood;
    },
    set mood(mood: SlackMood) {
      state.mood = mood;
    },
    posts,
    hooked,
    calls,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function faultOf({ text, blocks }: Body): string | undefined {
  if (!text) return 'no_text';
  if (!Array.isArray(blocks) || blocks.length === 0 || blocks.length > 50) return 'invalid_blocks';
  const tooLong = blocks.some(
    (block) => (block.text?.text.length ?? 0) > (block.type === 'header' ? 150 : 3000) || block.text?.text === '',
  );
  return tooLong ? 'invalid_blocks' : undefined;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
