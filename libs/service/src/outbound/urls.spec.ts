import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readAllowedTargets } from './address-policy.ts';
import { Outbound } from './outbound.ts';

/** `P` stands for the port of the listener, which every one of these addresses tries to reach. */
const addresses = `
http://127.0.0.1:P/ http://127.1:P/ http://127.0.1:P/ http://127.127.127.127:P/ http://2130706433:P/ http://0x7f000001:P/
http://0x7f.1:P/ http://0x7f.0x0.0x0.0x1:P/ http://0177.0.0.1:P/ http://0177.1:P/ http://017700000001:P/ http://0:P/ http://0.0.0.0:P/
http://00000000.0x00.00.1:P/ http://127.0.0.1.:P/ http://[::1]:P/ http://[0:0:0:0:0:0:0:1]:P/ http://[::]:P/ http://[::ffff:127.0.0.1]:P/
http://[::ffff:7f00:1]:P/ http://[0:0:0:0:0:ffff:127.0.0.1]:P/ http://[::127.0.0.1]:P/ http://[64:ff9b::7f00:1]:P/ http://[64:ff9b::127.0.0.1]:P/
http://[2002:7f00:1::]:P/ http://[2001:0:7f00:1::]:P/ http://[fe80::1]:P/ http://[fc00::1]:P/ http://[fd00::1]:P/ http://[fec0::1]:P/
http://[ff02::1]:P/ http://[2001:db8::1]:P/ http://localhost:P/ http://LOCALHOST:P/ http://localhost.:P/ http://sub.localhost:P/
http://loopback.example:P/ http://private.example:P/ http://v6loopback.example:P/ http://mapped.example:P/ http://mixed.example:P/
http://rebound.example:P/ http://metadata.example:P/ http://nothing.example:P/ http://169.254.169.254:P/latest/meta-data/ http://169.254.1.1:P/
http://0xa9fea9fe:P/ http://2852039166:P/ http://[::ffff:169.254.169.254]:P/ http://[fd00:ec2::254]:P/ http://10.0.0.1:P/ http://10.255.255.255:P/
http://172.16.0.1:P/ http://172.31.255.255:P/ http://192.168.0.1:P/ http://192.168.1.254:P/ http://100.64.0.1:P/ http://100.127.255.255:P/
http://192.0.0.1:P/ http://192.0.2.1:P/ http://198.18.0.1:P/ http://198.51.100.1:P/ http://203.0.113.1:P/ http://224.0.0.1:P/ http://239.255.255.250:P/
http://240.0.0.1:P/ http://255.255.255.255:P/ http://public.example@127.0.0.1:P/ http://user:pw@127.0.0.1:P/ http://127.0.0.1:P#public.example
http://127.0.0.1:P?public.example http://127.0.0.1:P\\@public.example/ http://①②⑦.⓪.⓪.①:P/ http://127。0。0。1:P/ http://ⓛocalhost:P/
http://%31%32%37.0.0.1:P/ https://127.0.0.1:P/ https://localhost:P/ https://[::1]:P/ https://rebound.example:P/
ftp://127.0.0.1:P/ file:///etc/passwd gopher://127.0.0.1:P/_x dict://127.0.0.1:P/x ws://127.0.0.1:P/ ldap://127.0.0.1:P/ //127.0.0.1:P/ javascript:alert(1)
`
  .split(/\s+/)
  .filter(Boolean);

/** What names lead to; `rebound` is public when it is first asked for and private afterwards. */
const names: Readonly<Record<string, readonly string[]>> = {
  localhost: ['127.0.0.1', '::1'],
  'sub.localhost': ['127.0.0.1'],
  'loopback.example': ['127.0.0.1'],
  'private.example': ['10.0.0.1'],
  'v6loopback.example': ['::1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'mixed.example': ['93.184.216.34', '127.0.0.1'],
  'metadata.example': ['169.254.169.254'],
};

const sockets: Socket[] = [];
let listeners: Server[];
let port: number;
let door: Outbound;

beforeAll(async () => {
  const listen = (host: string, at: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => sockets.push(socket.end()));
      server.once('error', reject).listen(at, host, () => resolve(server));
    });
  const first = await listen('127.0.0.1', 0);
  port = (first.address() as AddressInfo).port;
  const second = await listen('::1', port).catch(() => undefined);
  listeners = [first, ...(second ? [second] : [])];
  // The operator's exception is for another port, and opens nothing else.
  door = new Outbound(readAllowedTargets([`http://127.0.0.1:${port === 1 ? 2 : 1}`]), async (host) => {
    if (host === 'rebound.example') return ['127.0.0.1'];
    return names[host] ?? [];
  });
});

afterAll(async () => {
  await door.close();
  for (const server of listeners) server.close();
});

describe('addresses that lead inside', () => {
  it.each(addresses)('%s is not reached', async (address) => {
    await expect(door.send({ method: 'GET', url: address.replace(/\bP\b/, String(port)), timeoutMs: 2_000 })).rejects.toThrow();

    expect(sockets).toHaveLength(0);
  });

  it('are some eighty', () => {
    expect(addresses.length).toBeGreaterThanOrEqual(80);
  });
});
