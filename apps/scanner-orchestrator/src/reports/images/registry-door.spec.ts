import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseReference } from '@throughline/oci';
import { Outbound, readAllowedTargets } from '@throughline/service';
import { RegistryServer } from '@throughline/testing';
import type { ScannerOrchestratorConfig } from '../../config.ts';
import { RegistryDoor } from './registry-door.ts';

let folder: string;
let registry: RegistryServer;
let tokens: RegistryServer;
let outbound: Outbound;
beforeEach(async () => {
  [registry, tokens] = [await RegistryServer.open(), await RegistryServer.open()];
  folder = await mkdtemp(join(tmpdir(), 'door-'));
  outbound = new Outbound(readAllowedTargets([`http://${registry.host}`]));
});
afterEach(async () => {
  await outbound.close();
  await Promise.all([registry.close(), tokens.close(), rm(folder, { recursive: true })]);
});

async function pull(more: Partial<ScannerOrchestratorConfig> = {}) {
  const config = {
    outboundAllow: [`http://${registry.host}/`],
    registryAuthFile: '',
    registryRealms: [],
    ...more,
  } as ScannerOrchestratorConfig;
  const opened = await new RegistryDoor(config, outbound).open(parseReference(`${registry.host}/shop/api:1`));
  return opened.content(undefined, AbortSignal.timeout(10_000));
}

describe('the door to registries', () => {
  it('asks without TLS only whom the operator names so', async () => {
    const { digest } = registry.image(['a'], '1');

    expect(await pull()).toMatchObject({ digest });
    await expect(pull({ outboundAllow: [] })).rejects.toMatchObject({
      fault: 'refused',
      message: expect.stringContaining(`https://${registry.host}`),
    });
  });

  it('takes tokens of another host only where the operator names it, and none without TLS', async () => {
    const realm = `http://${tokens.host}/token`;
    registry.intercept = (_, response) => Boolean(response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end());

    for (const registryRealms of [[], [`${registry.host}=${tokens.host}`]])
      await expect(pull({ registryRealms })).rejects.toMatchObject({ fault: 'refused' });
    expect(tokens.seen).toEqual([]);
  });

  it.each([
    ['is not there', undefined, /cannot be read \(ENOENT\)/],
    ['is none', '{"auths":', /is no JSON/],
  ])('says what is wrong when the file of accounts %s', async (_, text, message) => {
    const registryAuthFile = join(folder, 'accounts.json');
    if (text !== undefined) await writeFile(registryAuthFile, text);

    await expect(pull({ registryAuthFile })).rejects.toMatchObject({ fault: 'refused', message: expect.stringMatching(message) });
  });
});
