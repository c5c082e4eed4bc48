import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CopyFolder } from '../copy-folder.ts';
import { checkOut } from './checkout.ts';
import { Mirror, isPlainRef } from './mirror.ts';
import { listTree } from './tree-listing.ts';

jest.setTimeout(60_000);

const main = 'refs/heads/main';

describe('Mirror', () => {
  let dir: string;
  let work: string;
  let mirror: Mirror;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'mirror-'));
    work = join(dir, 'work');
    await mkdir(join(dir, 'empty'));
    git('init', '--quiet', '--initial-branch=main', work);
    mirror = new Mirror('git.example/team/shop', {
      dir: join(dir, 'mirrors'),
      home: { empty: join(dir, 'empty') },
      maxBytes: 64 * 1024 * 1024,
    });
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', '-c', 'protocol.file.allow=always', ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .toString()
      .trim();
  const commit = async (files: Record<string, string>, message = 'm'): Promise<string> => {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(work, path)), { recursive: true });
      await writeFile(join(work, path), content);
    }
    git('-C', work, 'add', '--all', '--force');
    git('-C', work, 'commit', '--quiet', '--allow-empty', '-m', message);
    return git('-C', work, 'rev-parse', 'HEAD');
  };
  const origin = () => Promise.resolve({ url: pathToFileURL(work).href });
  const noOrigin = () => Promise.reject(new Error('a fetch was not needed'));
  const copy = async (id: string): Promise<string> => {
    const folder = await CopyFolder.make(join(dir, 'copy'));
    await checkOut(mirror.git, (await listTree(mirror.git, id)).files, folder);
    return folder.path;
  };

  it('brings a commit, and does not ask the origin again while it is here', async () => {
    const first = await commit({ 'a.txt': 'one' });

    expect(await mirror.bring({ commit: first, refs: [main] }, origin)).toBe(first);
    expect(await mirror.bring({ commit: first, refs: [main] }, noOrigin)).toBe(first);
  });

  it('holds commits of a repository that names its objects by SHA-256', async () => {
    await rm(work, { recursive: true });
    git('init', '--quiet', '--object-format=sha256', '--initial-branch=main', work);
    const first = await commit({ 'a.txt': 'one' });

    expect(await mirror.bring({ commit: first, refs: [main] }, origin)).toBe(first);
    expect(await readFile(join(await copy(first), 'a.txt'), 'utf8')).toBe('one');
  });

  it('fetches what is new and finds the merge base', async () => {
    const base = await commit({ 'a.txt': 'one' });
    await mirror.bring({ commit: base, refs: [main] }, origin);
    git('-C', work, 'checkout', '--quiet', '-b', 'feature/a');
    const head = await commit({ 'b.txt': 'two' });
    git('-C', work, 'checkout', '--quiet', 'main');
    const tip = await commit({ 'c.txt': 'three' });

    await mirror.bring({ commit: head, refs: ['refs/heads/feature/a', main] }, origin);

    expect(await mirror.mergeBase(head, tip)).toBe(base);
    expect(await mirror.tip(main)).toBe(tip);
  });

  it('finds a commit whose branch has moved on or is gone, through any other branch or tag', async () => {
    const first = await commit({ 'a.txt': 'one' });
    await commit({ 'a.txt': 'two' });

    await expect(mirror.bring({ commit: first, refs: ['refs/heads/gone'] }, origin)).resolves.toBe(first);
  });

  it('gives the commit of an annotated tag', async () => {
    const first = await commit({ 'a.txt': 'one' });
    git('-C', work, 'tag', '-a', 'v1', '-m', 'v1');
    const tag = git('-C', work, 'rev-parse', 'v1');

    expect(await mirror.bring({ commit: tag, refs: ['refs/tags/v1'] }, origin)).toBe(first);
  });

  it('refuses a commit that exists at the origin but belongs to none of its refs', async () => {
    await commit({ 'a.txt': 'one' });
    const impostor = await commit({ 'a.txt': 'evil' });
    git('-C', work, 'reset', '--quiet', '--hard', 'HEAD~1');

    await expect(mirror.bring({ commit: impostor, refs: [main] }, origin)).rejects.toMatchObject({ code: 'commit_unreachable' });
  });

  it('copies files byte for byte: no links, submodules, filters, encodings or export rules', async () => {
    await commit({ 'a.py': 'x = 1\n', 'a.txt': 'text\n', 'a.id': '$Id$\n' });
    await symlink('/etc/passwd', join(work, 'link'));
    await commit({});
    await writeFile(
      join(work, '.gitattributes'),
      '*.py export-ignore\n*.txt text eol=crlf working-tree-encoding=UTF-16\n*.id ident filter=evil\n',
    );
    git('-C', work, 'add', '.gitattributes');
    git('-C', work, 'commit', '--quiet', '-m', 'm');
    const withLink = git('-C', work, 'rev-parse', 'HEAD');

    await mirror.bring({ commit: withLink, refs: [main] }, origin);
    const folder = await copy(withLink);

    expect(await readFile(join(folder, 'a.py'), 'utf8')).toBe('x = 1\n');
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('text\n');
    expect(await readFile(join(folder, 'a.id'), 'utf8')).toBe('$Id$\n');
    expect(existsSync(join(folder, 'link'))).toBe(false);
    expect((await listTree(mirror.git, withLink)).links).toEqual(['link']);
  });

  it('runs nothing of a repository that holds another one with commands in its settings', async () => {
    const canary = join(dir, 'ran');
    const evil = `[core]\n\tbare = true\n\tfsmonitor = "touch ${canary}; false"\n\thooksPath = .\n[uploadpack]\n\tpackObjectsHook = "touch ${canary};"\n`;
    const id = await commit({
      'sub/HEAD': 'ref: refs/heads/main\n',
      'sub/config': evil,
      'sub/objects/x': '',
      'sub/refs/x': '',
      'post-checkout': `touch ${canary}`,
    });
    await writeFile(join(work, '.git', 'config'), `${await readFile(join(work, '.git', 'config'), 'utf8')}\n${evil}`);

    await mirror.bring({ commit: id, refs: [main] }, origin);
    await copy(id);

    expect(existsSync(canary)).toBe(false);
  });

  it('recognises a tree that unfolds to millions of files while it lists it', async () => {
    const bomb = treeBomb(git, work);
    git('-C', work, 'update-ref', main, bomb);
    await mirror.bring({ commit: bomb, refs: [main] }, origin);
    const started = Date.now();

    await expect(listTree(mirror.git, bomb)).rejects.toMatchObject({ code: 'tree_refused' });
    expect(Date.now() - started).toBeLessThan(50_000);
  });

  it('refuses a tree that names a place outside itself', async () => {
    const blob = execFileSync('git', ['-C', work, 'hash-object', '-w', '--stdin'], { input: 'x' }).toString().trim();
    const tree = rawTree(work, `100644 ..\0`, blob);
    const id = git('-C', work, 'commit-tree', tree, '-m', 'm');
    git('-C', work, 'update-ref', main, id);

    await expect(mirror.bring({ commit: id, refs: [main] }, origin).then(() => listTree(mirror.git, id))).rejects.toThrow();
  });

  it('fetches again after a fetch that was killed and left its locks', async () => {
    const first = await commit({ 'a.txt': 'one' });
    await mirror.bring({ commit: first, refs: [main] }, origin);
    const [name] = (await readdir(join(dir, 'mirrors'))).filter((entry) => !entry.includes('.'));
    await writeFile(join(dir, 'mirrors', name!, 'packed-refs.lock'), '');
    const [ref] = await readdir(join(dir, 'mirrors', name!, 'refs', 'seen'));
    await writeFile(join(dir, 'mirrors', name!, 'refs', 'seen', `${ref!}.lock`), '');
    const second = await commit({ 'a.txt': 'two' });

    expect(await mirror.bring({ commit: second, refs: [main] }, origin)).toBe(second);
  });

  it('stops at a repository that is larger than allowed', async () => {
    const small = new Mirror('git.example/team/large', {
      dir: join(dir, 'mirrors'),
      home: { empty: join(dir, 'empty') },
      maxBytes: 100_000,
    });
    const id = await commit({ 'a.bin': execFileSync('head', ['-c', '400000', '/dev/urandom']).toString('latin1') });

    await expect(small.bring({ commit: id, refs: [main] }, origin)).rejects.toThrow(/larger than allowed/);
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot('reads a repository of another user where the operator allows its folder', async () => {
    const id = await commit({ 'a.txt': 'one' });
    await chown(work, 4242, 4242);
    await chown(join(work, '.git'), 4242, 4242);

    expect(await mirror.bring({ commit: id, refs: [main] }, origin)).toBe(id);
  });
});

describe('Mirror over HTTP', () => {
  let dir: string;
  let servers: { url: string; seen: IncomingMessage[]; server: Server }[];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'mirror-http-'));
    await mkdir(join(dir, 'empty'));
    const foreign = await listen((_, answer) => answer.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end());
    const own = await listen((request, answer) => answer.writeHead(302, { location: `${foreign.url}${request.url ?? ''}` }).end());
    servers = [own, foreign];
  });

  afterAll(async () => {
    for (const { server } of servers) server.close();
    await rm(dir, { recursive: true });
  });

  it('follows no redirect with a credential', async () => {
    const [own, foreign] = servers;
    const mirror = new Mirror('git.example/team/shop', { dir, home: { empty: join(dir, 'empty') }, maxBytes: 1024 * 1024 });
    const origin = { url: `${own!.url}/team/shop.git`, authorization: 'Bearer the-credential' };

    await expect(mirror.bring({ commit: 'a'.repeat(40), refs: [main] }, () => Promise.resolve(origin))).rejects.toMatchObject({
      code: 'git_failed',
    });

    expect(own!.seen.map((request) => request.headers.authorization)).toContain('Bearer the-credential');
    expect(foreign!.seen).toEqual([]);
  });
});

describe('isPlainRef', () => {
  it.each(['refs/heads/main', 'refs/heads/feature/ä-1', 'refs/pull/12/head', 'refs/tags/v1.0'])('takes %s', (ref) => {
    expect(isPlainRef(ref)).toBe(true);
  });

  it.each([
    'main',
    'refs/heads/*',
    'refs/heads/a:refs/heads/b',
    'refs/heads/..',
    'refs/heads/a b',
    '--upload-pack=x',
    'refs/heads/a\n',
    'refs/heads/x.lock',
    'refs/heads/@{1}',
    'refs/heads/.a',
  ])('refuses %j', (ref) => {
    expect(isPlainRef(ref)).toBe(false);
  });
});

async function listen(
  handler: Parameters<typeof createServer>[1] & object,
): Promise<{ url: string; seen: IncomingMessage[]; server: Server }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, answer) => {
    seen.push(request);
    (handler as (request: IncomingMessage, answer: unknown) => void)(request, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, server };
}

/** Ten files in each of ten folders, and so on: 10⁸ files in nine small objects. */
function treeBomb(git: (...args: string[]) => string, work: string): string {
  let object = execFileSync('git', ['-C', work, 'hash-object', '-w', '--stdin'], { input: 'x' }).toString().trim();
  for (let level = 0; level < 8; level += 1) {
    const kind = level === 0 ? '100644 blob' : '040000 tree';
    const lines = Array.from({ length: 10 }, (_, i) => `${kind} ${object}\t${i}\n`).join('');
    object = execFileSync('git', ['-C', work, 'mktree'], { input: lines }).toString().trim();
  }
  return git('-C', work, 'commit-tree', object, '-m', 'bomb');
}

function rawTree(work: string, entry: string, blob: string): string {
  const body = Buffer.concat([Buffer.from(entry, 'latin1'), Buffer.from(blob, 'hex')]);
  return execFileSync('git', ['-C', work, 'hash-object', '-w', '-t', 'tree', '--literally', '--stdin'], { input: body }).toString().trim();
}
