import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, RegistryServer } from '@throughline/testing';
import { Agent } from 'undici';
import { platformOf } from './manifest.ts';
import { parseReference } from './reference.ts';
import type { RegistryAccess } from './registry-access.ts';
import { Registry } from './registry.ts';

const indexType = 'application/vnd.oci.image.index.v1+json';
const signal = AbortSignal.timeout(60_000);

let server: RegistryServer;
let storage: RegistryServer;
let dispatcher: Agent;
let folder: string;
beforeEach(async () => {
  [server, storage] = [await RegistryServer.open(), await RegistryServer.open()];
  dispatcher = new Agent();
  folder = await mkdtemp(join(tmpdir(), 'registry-'));
});
afterEach(async () => {
  await dispatcher.destroy();
  await Promise.all([server.close(), storage.close(), rm(folder, { recursive: true })]);
});

function registry(name = 'shop/api:1', more: Partial<RegistryAccess> = {}): Registry {
  const access = {
    dispatcher,
    isPlain: (host: string) => host.startsWith('127.'),
    accountOf: () => undefined,
    realmsOf: () => [],
    ...more,
  };
  return new Registry(parseReference(`${server.host}/${name}`), access);
}

describe('an image of a registry', () => {
  it('is found by its tag, with its digest and its layers', async () => {
    const { digest } = server.image(['lower', 'upper'], '1');

    const content = await registry().content(undefined, signal);

    expect(content).toMatchObject({ digest, layers: [{ size: 5 }, { size: 5 }] });
    expect(content).not.toHaveProperty('index');
  });

  it('is that of the platform where an index is named', async () => {
    const [amd, arm] = [server.image(['amd']), server.image(['arm'])];
    const odd = { ...server.image(['attestation']), platform: { os: 'unknown', architecture: 'unknown' } };
    const on = (architecture: string) => ({ platform: { os: 'linux', architecture } });
    const manifests = [odd, { ...amd, ...on('amd64') }, { ...arm, ...on('arm64') }];
    const index = server.manifest({ schemaVersion: 2, mediaType: indexType, manifests }, '1');

    expect(await registry().content(undefined, signal)).toMatchObject({ digest: amd.digest, index: index.digest });
    expect(await registry().content(platformOf('linux/arm64'), signal)).toMatchObject({ digest: arm.digest });
    await expect(registry().content(platformOf('linux/s390x'), signal)).rejects.toThrow(
      /no image for linux\/s390x, but for linux\/amd64, linux\/arm64/,
    );
  });

  it.each([
    ['two readings', { layers: [], manifests: [] }, /two ways/],
    ['schema 1', { schemaVersion: 1, fsLayers: [] }, /schema 1/],
    ['no image', { mediaType: 'application/vnd.cncf.helm', layers: [] }, /no container image/],
    ['a digest that is a path', { config: { mediaType: 'a', digest: '../../x', size: 1 }, layers: [] }, /no content/],
  ])('is refused with %s', async (_, document, message) => {
    server.manifest({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', ...document }, '1');

    await expect(registry().content(undefined, signal)).rejects.toThrow(message);
  });

  it('must be the one whose digest is named', async () => {
    const { digest } = server.image(['a'], '1');
    server.intercept = (request, response) => {
      if (!request.path.includes(digest)) return false;
      response.writeHead(200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }).end('{"schemaVersion":2}');
      return true;
    };

    await expect(registry(`shop/api@${digest}`).content(undefined, signal)).rejects.toMatchObject({ fault: 'digest_mismatch' });
  });

  it.each([
    [404, 'not_found'],
    [403, 'unauthorized'],
    [401, 'unauthorized'],
    [503, 'away'],
    [418, 'refused'],
  ])('is not there when the registry answers %i: %s', async (status, fault) => {
    server.intercept = (_, response) => Boolean(response.writeHead(status).end());

    await expect(registry().content(undefined, signal)).rejects.toMatchObject({ fault, message: expect.stringContaining(server.host) });
  });
});

describe('a blob', () => {
  it('is what its digest says, from wherever the registry redirects, which is shown no credential', async () => {
    server.image(['layer'], '1');
    storage.image(['layer'], '1');
    wantsPassword();
    server.intercept = after(server.intercept!, (request, response) => {
      if (!request.path.includes('/blobs/')) return false;
      response.writeHead(307, { location: `http://${storage.host}${request.path}` }).end();
      return true;
    });
    const pulled = registry('shop/api:1', { accountOf: () => ({ user: 'you', password: 'secret' }) });

    const { layers } = await pulled.content(undefined, signal);
    await pulled.download(layers[0]!, join(folder, 'layer'), signal);

    expect(await readFile(join(folder, 'layer'), 'utf8')).toBe('layer');
    expect(server.seen.at(-1)!.headers.authorization).toBe(`Basic ${Buffer.from('you:secret').toString('base64')}`);
    expect(storage.seen).toHaveLength(1);
    expect(storage.seen[0]!.headers).not.toHaveProperty('authorization');
  });

  it.each(['http://other.example/', 'file:///etc/passwd', 'https://you:secret@other.example/', '//['])(
    'is not looked for at %s',
    async (location) => {
      server.image(['layer'], '1');
      const pulled = registry();
      const { layers } = await pulled.content(undefined, signal);
      server.intercept = (_, response) => Boolean(response.writeHead(302, { location }).end());

      await expect(pulled.download(layers[0]!, join(folder, 'layer'), signal)).rejects.toThrow(/redirects to an address/);
    },
  );

  it('goes on where it broke off', async () => {
    const body = Buffer.alloc(200_000, 'abc');
    const layer = server.blob(body, 'x');
    const path = join(folder, 'layer');
    const ranges: (string | undefined)[] = [];
    server.intercept = (request, response) => {
      ranges.push(request.headers.range);
      if (ranges.length > 1) return false;
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, 100_000));
      void eventually(async () => expect((await stat(path)).size).toBe(100_000)).finally(() => response.destroy());
      return true;
    };

    await registry().download(layer, join(folder, 'layer'), signal);

    expect(await readFile(join(folder, 'layer'))).toEqual(body);
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
  });

  it('goes on with what a former download left', async () => {
    const layer = server.blob('abcdef', 'x');
    await writeFile(join(folder, 'layer'), 'abc');

    await registry().download(layer, join(folder, 'layer'), signal);

    expect(await readFile(join(folder, 'layer'), 'utf8')).toBe('abcdef');
    expect(server.seen.map(({ headers }) => headers.range)).toEqual(['bytes=3-']);
  });

  it.each(['xbcdef', 'abcdefg', 'abc'])('is refused and forgotten when it is something else: %s', async (other) => {
    const layer = server.blob('abcdef', 'x');
    server.intercept = (_, response) => Boolean(response.writeHead(200).end(other));

    await expect(registry().download(layer, join(folder, 'layer'), signal)).rejects.toMatchObject({ fault: 'digest_mismatch' });
  });

  it('may be empty', async () => {
    await registry().download(server.blob('', 'x'), join(folder, 'layer'), signal);

    expect(await readFile(join(folder, 'layer'), 'utf8')).toBe('');
  });
});

describe('a registry that wants a token', () => {
  const you = () => ({ user: 'you', password: 'secret' });

  it('gets one of its own realm, which alone is shown the password', async () => {
    server.image(['a'], '1');
    wantsToken(server, `http://${server.host}/token`);

    await registry('shop/api:1', { accountOf: you }).content(undefined, signal);

    expect(server.seen.map(({ path, headers }) => [path, headers.authorization?.split(' ')[0]])).toEqual([
      ['/v2/shop/api/manifests/1', undefined],
      ['/token?service=shops&scope=repository%3Ashop%2Fapi%3Apull', 'Basic'],
      ['/v2/shop/api/manifests/1', 'Bearer'],
    ]);
  });

  it.each(['http://169.254.169.254/token', 'https://evil.example/token', 'file:///token', ''])(
    'gets none of the realm %j',
    async (realm) => {
      wantsToken(server, realm === '' ? `http://${storage.host}/token` : realm);

      await expect(registry('shop/api:1', { accountOf: you }).content(undefined, signal)).rejects.toMatchObject({ fault: 'refused' });
      expect(server.seen).toHaveLength(1);
      expect(storage.seen).toHaveLength(0);
    },
  );

  it('is asked for a new one when the former ran out', async () => {
    const layer = server.blob('a', 'x');
    server.image(['a'], '1');
    const valid = wantsToken(server, `http://${server.host}/token`);
    const pulled = registry();
    await pulled.content(undefined, signal);
    valid.token = 'second';

    await pulled.download(layer, join(folder, 'layer'), signal);

    expect(server.seen.at(-1)!.headers.authorization).toBe('Bearer second');
  });

  it('says so when it gives none', async () => {
    server.intercept = (request, response) => {
      const realm = { 'www-authenticate': `Bearer realm="http://${server.host}/token"` };
      response.writeHead(401, realm).end();
      return true;
    };

    await expect(registry().content(undefined, signal)).rejects.toThrow(/gave no token for shop\/api \(401\); no account is configured/);
  });
});

type Intercept = NonNullable<RegistryServer['intercept']>;

function after(first: Intercept, then: Intercept): Intercept {
  return (request, response) => first(request, response) || then(request, response);
}

function wantsPassword(): void {
  server.intercept = ({ headers }, response) =>
    headers.authorization === undefined && Boolean(response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end());
}

function wantsToken(at: RegistryServer, realm: string): { token: string } {
  const valid = { token: 'first' };
  at.intercept = ({ path, headers }, response) => {
    if (path.startsWith('/token')) return Boolean(response.writeHead(200).end(JSON.stringify({ token: valid.token })));
    if (headers.authorization === `Bearer ${valid.token}`) return false;
    return Boolean(response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="shops"` }).end());
  };
  return valid;
}
