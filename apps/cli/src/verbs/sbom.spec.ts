import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Api } from '../api.ts';
import { diffSboms, listSboms, readImage, tellWays, uploadSbom } from './sbom.ts';

describe('throughline sbom', () => {
  let server: Server;
  let folder: string;
  let answers: Readonly<Record<string, unknown>>;
  let received: { readonly url: URL; readonly body: string }[];
  let printed: string;
  let told: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sbom-'));
    received = [];
    printed = '';
    told = '';
    server = createServer((request, answer) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const url = new URL(request.url!, 'http://x');
        received.push({ url, body: Buffer.concat(chunks).toString() });
        answer.end(JSON.stringify(answers[`${request.method} ${url.pathname.replace('/api/v1/', '')}`]));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      told += String(text);
      return true;
    });
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  const api = (): Api => new Api({ server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'tl_x' });
  const sent = (): object => Object.fromEntries(received[0]!.url.searchParams);

  it('sends an SBOM of an image alone, and waits until it was read', async () => {
    answers = { 'POST sboms': { id: 's1', status: 'queued' }, 'GET reports/s1': { id: 's1', status: 'done', accepted: 3, rejected: [] } };
    const file = join(folder, 'bom.json');
    await writeFile(file, '{"bomFormat":"CycloneDX"}');
    const artifact = `registry.example/acme/shop@sha256:${'a'.repeat(64)}`;

    const code = await uploadSbom(api(), file, { artifact, partial: true, wait: true });

    expect(code).toBe(0);
    expect(received[0]!.body).toBe('{"bomFormat":"CycloneDX"}');
    expect(sent()).toEqual({ artifact, complete: 'false' });
    expect(printed).toBe('done  3 components\n');
    expect(told).toContain('3 components read');
  });

  it('has an image read, without sending anything, and says why that failed', async () => {
    const failure = 'ghcr.io does not let it be read (403)';
    answers = { 'POST sboms': { id: 's1', status: 'queued' }, 'GET reports/s1': { id: 's1', status: 'failed', rejected: [], failure } };

    const code = await readImage(api(), 'ghcr.io/you/shop:1', { platform: 'linux/arm64', wait: true });

    expect(code).toBe(2);
    expect(received[0]!.body).toBe('');
    expect(sent()).toEqual({ image: 'ghcr.io/you/shop:1', platform: 'linux/arm64' });
    expect(printed).toBe(`failed  0 components  ${failure}\n`);
  });

  it('tells what was added, removed and changed, foreign text made harmless', async () => {
    answers = {
      'GET sboms/diff': {
        added: [{ purl: 'pkg:npm/a@1\u001b[31m' }],
        removed: [{ purl: 'pkg:npm/b@1' }],
        changed: [{ purl: 'pkg:npm/c', from: ['1'], to: ['2', '3'] }],
        ...{ addedTotal: 9, removedTotal: 1, changedTotal: 1 },
      },
    };

    await diffSboms(api(), 'one', 'two', false);

    expect(sent()).toEqual({ from: 'one', to: 'two' });
    expect(printed).toBe('+ pkg:npm/a@1\\u{1b}[31m\n- pkg:npm/b@1\n~ pkg:npm/c  1 -> 2, 3\n');
    expect(told).toBe('9 added, 1 removed, 1 changed\nonly the first 3 are shown\n');
  });

  it('tells the ways to a component', async () => {
    const paths = [{ steps: ['pkg:npm/a@1', 'pkg:npm/d@1'] }];
    answers = { 'GET components/paths': { components: [{ purl: 'pkg:npm/d@1', direct: false, paths, more: true }] } };

    await tellWays(api(), 'pkg:npm/d', { sbom: 's1' });

    expect(sent()).toEqual({ purl: 'pkg:npm/d', sbom: 's1' });
    expect(printed).toBe('pkg:npm/d@1\n  pkg:npm/a@1 -> pkg:npm/d@1\n');
    expect(told).toContain('more ways');
  });

  it('prints a page as it was answered', async () => {
    answers = { 'GET sboms': { items: [{ id: 's1' }], next: null } };

    await listSboms(api(), { repository: 'git.example/a/b', limit: '5', json: true });

    expect(JSON.parse(printed)).toEqual({ items: [{ id: 's1' }], next: null });
    expect(sent()).toEqual({ repository: 'git.example/a/b', limit: '5' });
  });
});
