import ipaddr from 'ipaddr.js';

/** An outbound connection that may not be made. */
export class AddressRefused extends Error {
  readonly code = 'address_refused';
}

/** Where a connection is to go. */
export interface Target {
  /** `http`, `https`, `smtp`, `smtps`. */
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
}

/** The operator's exceptions: `scheme://host:port`, exact. */
export type AllowedTargets = ReadonlySet<string>;

/**
 * Reads the operator's list; throws for an entry that is not scheme, host and port, and for one that opens a port of the
 * platform itself (`own`, as `host:port`).
 */
export function readAllowedTargets(entries: readonly string[], own: readonly string[] = []): AllowedTargets {
  const closed = new Set(own.map(loopbackName));
  return new Set(
    entries.map((entry) => {
      const match = /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:.]+\]|[^/:@\s]+):(\d{1,5})\/?$/i.exec(entry);
      if (!match) throw new Error(`OUTBOUND_ALLOW has ${JSON.stringify(entry)}: write scheme://host:port`);
      const target = { scheme: match[1]!, host: match[2]!, port: Number(match[3]) };
      if (closed.has(loopbackName(`${plainHost(target.host)}:${target.port}`))) {
        throw new Error(`OUTBOUND_ALLOW has ${JSON.stringify(entry)}: that is a port of the platform itself`);
      }
      return targetKey(target);
    }),
  );
}

/** All names of this machine are one. */
function loopbackName(address: string): string {
  return address.replace(/^(?:localhost|127\.[\d.]+|::1|\[::1\]|0\.0\.0\.0):/i, 'localhost:').toLowerCase();
}

/** Throws `AddressRefused` when the address is not a public one and the operator made no exception for the target. */
export function checkAddress(target: Target, address: string, allowed: AllowedTargets): void {
  const range = rangeOf(address);
  if (range === 'unicast') return;
  const what = `${target.scheme}://${target.host}:${target.port}`;
  if (range === 'linkLocal') throw new AddressRefused(`${what} leads to the link-local address ${address}, which is never allowed`);
  if (allowed.has(targetKey(target))) return;
  throw new AddressRefused(`${what} leads to ${address} (${range}), which is not public: the operator may add ${what} to OUTBOUND_ALLOW`);
}

/** A host as it is compared: lower case, without brackets and final dot. */
export function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function targetKey(target: Target): string {
  return `${target.scheme.toLowerCase()}://${plainHost(target.host)}:${target.port}`;
}

/** The range of an address; IPv4 inside IPv6 (mapped, NAT64, 6to4, Teredo) counts as what it carries or as not public. */
function rangeOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unreadable';
  const parsed = ipaddr.process(address);
  return parsed.range();
}
