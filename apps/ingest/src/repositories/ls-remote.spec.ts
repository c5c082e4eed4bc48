import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EgressProxy, Outbound, readAllowedTargets } from '@throughline/service';
import { lsRemote, readRefs } from './ls-remote.ts';
import { targetOf } from './scans.ts';

const id = (digit: string): string => digit.repeat(40);

describe('readRefs', () => {
  it('takes the commit of an annotated tag and where HEAD points', () => {
    const output = `ref: refs/heads/main\tHEAD\n${id('a')}\tHEAD\n${id('b')}\trefs/tags/v1\n${id('c')}\trefs/tags/v1^{}\nwarning: x\n`;

    expect(readRefs(output)).toEqual({ head: 'refs/heads/main', refs: new Map([['HEAD', id('a')], ['refs/tags/v1', id('c')]]) }); // prettier-ignore
  });
});

describe('targetOf', () => {
  const remote = {
    head: 'refs/heads/main',
    refs: new Map([['HEAD', id('a')], ['refs/heads/main', id('a')], ['refs/heads/v1', id('b')], ['refs/tags/v1', id('c')]]),
  }; // prettier-ignore

  it.each([
    [{}, { ref: 'refs/heads/main', commit: id('a') }],
    [{ ref: 'main' }, { ref: 'refs/heads/main', commit: id('a') }],
    [{ ref: 'v1' }, { ref: 'refs/heads/v1', commit: id('b') }],
    [{ ref: 'refs/tags/v1' }, { ref: 'refs/tags/v1', commit: id('c') }],
    [
      { ref: 'main', commit: id('d') },
      { ref: 'refs/heads/main', commit: id('d') },
    ],
  ])('reads %j as %j', (wanted, expected) => {
    expect(targetOf(remote, wanted)).toEqual({ ...expected, defaultBranch: 'main' });
  });

  it.each([{ ref: 'gone' }, { ref: '--upload-pack=x y' }, { ref: 'a..b' }, { commit: 'abc' }])('refuses %j', (wanted) => {
    expect(() => targetOf(remote, wanted)).toThrow(expect.objectContaining({ status: 422 }));
  });
});

describe('lsRemote', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'throughline-remote-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('reads the head of a local repository', async () => {
    const git = (...args: string[]): string => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
    git('init', '--quiet', '--initial-branch=trunk');
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--allow-empty', '--message=first');

    const { head, refs } = await lsRemote({ url: pathToFileURL(folder).href }, ['HEAD']);

    expect(head).toBe('refs/heads/trunk');
    expect(refs.get('HEAD')).toBe(git('rev-parse', 'HEAD').trim());
  });

  it('says what to do when there is nothing', async () => {
    await expect(lsRemote({ url: pathToFileURL(join(folder, 'none')).href }, ['HEAD'])).rejects.toMatchObject({
      code: 'repository_unreachable',
    });
  });

  it.each([
    [true, 'reaches', 1],
    [false, 'opens no connection to', 0],
  ])('through the proxy that is given (address allowed: %s) it %s an address that is not public', async (allowed, _verb, asked) => {
    const seen: unknown[] = [];
    const origin = await listening((request) => seen.push(request), 404);
    const door = new Outbound(readAllowedTargets(allowed ? [urlOf(origin)] : []));
    const proxy = new EgressProxy(door);

    const answer = lsRemote({ url: `${urlOf(origin)}/acme/shop.git`, proxy: await proxy.url() }, ['HEAD']);

    await expect(answer).rejects.toMatchObject({ code: 'repository_unreachable' });
    expect(seen).toHaveLength(asked);
    await Promise.all([proxy.close(), door.close()]);
    origin.close();
  });

  it('sends the credential to the origin of the address and follows no redirect with it', async () => {
    const seen: (string | undefined)[] = [];
    const stolen: (string | undefined)[] = [];
    const other = await listening((request) => stolen.push(request), 404);
    const origin = await listening((request) => seen.push(request), 302, `${urlOf(other)}/acme/shop.git/info/refs`);

    const asked = lsRemote({ url: `${urlOf(origin)}/acme/shop.git`, authorization: 'Basic c2VjcmV0' }, ['HEAD']);

    await expect(asked).rejects.toMatchObject({ status: 422 });
    expect(seen).toEqual(['Basic c2VjcmV0']);
    expect(stolen).toEqual([]);
    for (const server of [other, origin]) server.close();
  });
});

function listening(see: (authorization: string | undefined) => void, status: number, location?: string): Promise<Server> {
  const server = createServer((request, response) => {
    see(request.headers.authorization);
    response.writeHead(status, location === undefined ? {} : { location }).end();
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
