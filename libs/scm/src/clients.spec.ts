import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ScmCallFailed, type ScmClient, type Verdict } from './client.ts';
import { scmProviders } from './registry.ts';

interface Seen {
  readonly request: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A provider's API on loopback that keeps what it was asked and answers what the test says. */
class FakeApi {
  readonly seen: Seen[] = [];
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => response.end('{}');
  private readonly server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      this.seen.push({ request: `${request.method} ${request.url}`, authorization: request.headers.authorization, body });
      this.answer(request, response);
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

const commit = 'b'.repeat(40);
/** Those that took over the form of GitHub's API. */
const ofGithubForm = scmProviders.filter(({ name }) => ['github', 'gitea'].includes(name));

describe.each(ofGithubForm.map((provider) => [provider.name, provider] as const))('client of %s', (name, provider) => {
  let api: FakeApi;
  let other: FakeApi;
  let client: ScmClient;
  let otherUrl: string;

  beforeEach(async () => {
    api = new FakeApi();
    other = new FakeApi();
    otherUrl = await other.listen();
    client = provider.connect({
      apiUrl: `${await api.listen()}/api`,
      authorization: provider.authorization('t0ken', 'api'),
      timeoutMs: 500,
    });
  });

  afterEach(async () => {
    await api.close();
    await other.close();
  });

  const setStatus = (verdict: Verdict, text = 'words'): Promise<void> =>
    client.setStatus('acme/shop', commit, { verdict, text, context: 'throughline', url: 'https://t.example/d/1' });

  it.each<[Verdict, string]>([
    ['pending', 'pending'],
    ['pass', 'success'],
    ['warn', 'success'],
    ['deny', 'failure'],
    ['undecided', 'error'],
  ])('says %s as the state %s', async (verdict, state) => {
    await setStatus(verdict);

    expect(api.seen).toHaveLength(1);
    expect(api.seen[0]!.request).toBe(`POST /api/repos/acme/shop/statuses/${commit}`);
    expect(api.seen[0]!.authorization).toBe(provider.authorization('t0ken', 'api'));
    expect(JSON.parse(api.seen[0]!.body)).toEqual({
      state,
      context: 'throughline',
      description: 'words',
      target_url: 'https://t.example/d/1',
    });
  });

  it('cuts the text to 140 characters', async () => {
    await setStatus('deny', 'x'.repeat(500));

    expect((JSON.parse(api.seen[0]!.body) as { description: string }).description).toHaveLength(140);
  });

  it('does not follow a redirect with the credential', async () => {
    api.answer = (_request, response) => response.writeHead(302, { location: `${otherUrl}/x` }).end();

    await expect(setStatus('pass')).rejects.toMatchObject({ code: 'scm_call_failed', retryable: false, status: 302 });
    expect(other.seen).toEqual([]);
  });

  it.each([
    [500, {}, true],
    [429, { 'retry-after': '7' }, true],
    [403, { 'x-ratelimit-remaining': '0' }, true],
    [403, {}, false],
    [401, {}, false],
    [422, {}, false],
    [404, {}, false],
  ])('says of an answer %i %j whether to try again', async (status, headers, retryable) => {
    api.answer = (_request, response) => response.writeHead(status, headers).end('{}');

    await expect(setStatus('pass')).rejects.toMatchObject({ retryable, status });
  });

  it('gives up on an answer that does not come', async () => {
    api.answer = () => undefined;

    await expect(setStatus('pass')).rejects.toMatchObject({ retryable: true });
  });

  it('reads no more of an answer than its bound', async () => {
    api.answer = (_request, response) => response.end('x'.repeat(2 * 1024 * 1024));

    await expect(setStatus('pass')).rejects.toThrow(/more than/);
  });

  it('resolves the head of a branch', async () => {
    api.answer = (_request, response) => response.end(JSON.stringify({ sha: commit, commit: { id: commit, sha: commit } }));

    await expect(client.head('acme/shop', 'refs/heads/a/b')).resolves.toBe(commit);
    expect(api.seen[0]!.request).toBe(`GET /api/repos/acme/shop/${name === 'github' ? 'commits/heads' : 'branches'}/a/b`);
  });

  it('knows no head where the provider has none, and asks nothing for a ref that is none', async () => {
    api.answer = (_request, response) => response.writeHead(404).end('{}');

    await expect(client.head('acme/shop', 'refs/heads/gone')).resolves.toBeUndefined();
    await expect(client.head('acme/shop', 'refs/heads/../../user')).resolves.toBeUndefined();
    expect(api.seen).toHaveLength(1);
  });

  it('refuses a full name that would leave its path', async () => {
    await expect(client.head('acme/..', 'refs/heads/main')).rejects.toBeInstanceOf(ScmCallFailed);
    expect(api.seen).toEqual([]);
  });

  it('opens one change request for a branch, however often it is asked', async () => {
    const wanted = { branch: 'throughline/fix-1', base: 'main', title: 'Raise it', text: 'words' };
    const known = { number: 7, html_url: 'https://git.example/acme/shop/pulls/7', state: 'open' };
    let opened = false;
    api.answer = ({ method }, response) => {
      if (method === 'POST') opened = true;
      const answer = name === 'github' && method === 'GET' ? (opened ? [known] : []) : known;
      response.writeHead(method === 'GET' && name === 'gitea' && !opened ? 404 : 200).end(JSON.stringify(answer));
    };

    const first = await client.changeRequests!.open('acme/shop', wanted);
    const second = await client.changeRequests!.open('acme/shop', wanted);

    expect([first, second]).toEqual(Array(2).fill({ number: 7, url: known.html_url }));
    const posts = api.seen.filter(({ request }) => request.startsWith('POST'));
    expect(posts.map(({ request }) => request)).toEqual(['POST /api/repos/acme/shop/pulls']);
    expect(JSON.parse(posts[0]!.body)).toMatchObject({ head: 'throughline/fix-1', base: 'main', title: 'Raise it', body: 'words' });
  });

  it('takes a change request that is open, where one of the same branches was closed', async () => {
    const wanted = { branch: 'throughline/fix-1', base: 'main', title: 'Raise it', text: 'words' };
    const pull = (number: number, state: string, fork = false): object => ({
      ...{ number, state, html_url: `https://git.example/acme/shop/pulls/${number}` },
      ...{ head: { ref: wanted.branch, repo_id: fork ? 2 : 1 }, base: { ref: wanted.base, repo_id: 1 } },
    });
    const closed = pull(7, 'closed');
    let open = [pull(9, 'open', true)];
    api.answer = ({ method, url }, response) => {
      const listed = url!.includes('?') ? (url!.includes('page=2') ? [] : open) : closed;
      response.end(JSON.stringify(method === 'POST' ? pull(8, 'open') : listed));
    };

    if (name === 'github') open = [];
    expect(await client.changeRequests!.open('acme/shop', wanted)).toMatchObject({ number: 8 });
    open = [...open, pull(8, 'open')];
    expect(await client.changeRequests!.open('acme/shop', wanted)).toMatchObject({ number: 8 });
    expect(api.seen.filter(({ request }) => request.startsWith('POST'))).toHaveLength(1);
  });

  it('describes and closes a change request', async () => {
    await client.changeRequests!.describe('acme/shop', 7, { title: 'Raise it', text: 'verified' });
    await client.changeRequests!.close('acme/shop', 7);

    expect(api.seen.map(({ request }) => request)).toEqual(Array(2).fill('PATCH /api/repos/acme/shop/pulls/7'));
    expect(api.seen.map(({ body }) => JSON.parse(body) as object)).toEqual([{ title: 'Raise it', body: 'verified' }, { state: 'closed' }]);
  });

  it('takes no change request that leads nowhere', async () => {
    api.answer = ({ method }, response) =>
      response.writeHead(method === 'GET' ? 404 : 201).end(JSON.stringify({ number: 7, html_url: 'javascript:alert(1)' }));
    const wanted = { branch: 'throughline/fix-1', base: 'main', title: 'x', text: 'y' };

    await expect(client.changeRequests!.open('acme/shop', wanted)).rejects.toBeInstanceOf(ScmCallFailed);
  });
});
