import { BlockList } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether a host, written without brackets, is this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || loopback.check(host, host.includes(':') ? 'ipv6' : 'ipv4');
}
