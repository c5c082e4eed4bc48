import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { IngestConfig } from '../config.ts';
import { FileRoots } from './file-roots.ts';

let folder: string;
const address = (...path: string[]): string => pathToFileURL(join(folder, ...path)).href;

async function repositoryAt(...path: string[]): Promise<void> {
  await mkdir(join(folder, ...path), { recursive: true });
  await writeFile(join(folder, ...path, 'HEAD'), 'ref: refs/heads/main\n');
}

function roots(...paths: string[]): FileRoots {
  return new FileRoots(Object.assign(new IngestConfig(), { fileUrlRoots: paths.join(delimiter) }));
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-roots-'));
  await repositoryAt('allowed', 'shop.git');
  await repositoryAt('other', 'secret.git');
  await mkdir(join(folder, 'allowed', 'empty'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('FileRoots', () => {
  it('takes a repository below an allowed folder', async () => {
    await expect(roots(join(folder, 'allowed')).resolve(address('allowed', 'shop.git'))).resolves.toBe(address('allowed', 'shop.git'));
  });

  it('answers the real folder behind a link that stays below', async () => {
    await symlink(join(folder, 'allowed', 'shop.git'), join(folder, 'allowed', 'link'));

    await expect(roots(join(folder, 'allowed')).resolve(address('allowed', 'link'))).resolves.toBe(address('allowed', 'shop.git'));
  });

  it('refuses a link that leads out', async () => {
    await symlink(join(folder, 'other', 'secret.git'), join(folder, 'allowed', 'out'));

    await expect(roots(join(folder, 'allowed')).resolve(address('allowed', 'out'))).rejects.toMatchObject({ status: 422 });
  });

  it.each([
    ['a folder outside', () => address('other', 'secret.git')],
    ['a way out by dots', () => `${address('allowed')}/../other/secret.git`],
    ['a way out by escaped dots', () => `${address('allowed')}/%2e%2e/other/secret.git`],
    ['a folder whose name only begins like the root', () => address('allowed-too', 'x.git')],
    ['a host', () => address('allowed', 'shop.git').replace('file://', 'file://host')],
    ['the process file system', () => `file:///proc/self/root${join(folder, 'other', 'secret.git')}`],
    ['a folder that is no repository', () => address('allowed', 'empty')],
    ['the root itself', () => address('allowed')],
    ['nothing', () => address('allowed', 'missing.git')],
    ['an escaped slash', () => `${address('allowed')}%2fshop.git`],
  ])('refuses %s', async (_what, hostile) => {
    await repositoryAt('allowed-too', 'x.git');

    await expect(roots(join(folder, 'allowed')).resolve(hostile())).rejects.toMatchObject({ status: 422 });
  });

  it('allows nothing when no folder is configured', async () => {
    await expect(roots().resolve(address('allowed', 'shop.git'))).rejects.toMatchObject({ status: 422 });
  });
});
