import { Injectable } from '@nestjs/common';
import { cookieName } from '../access/cookie.ts';
import { GatewayConfig } from '../config.ts';

const loopbackHosts = ['127.0.0.1', 'localhost', '[::1]'];

/** Where the platform is reached: the only hosts it answers to, and the only origins that may change something. */
@Injectable()
export class PublicAddress {
  /** Scheme, host and port; all links begin with it. */
  readonly origin: string;
  readonly secure: boolean;
  /** Name of the session cookie. */
  readonly cookie: string;
  private readonly scheme: string;
  private readonly hosts: ReadonlySet<string>;

  constructor(config: GatewayConfig) {
    const url = new URL(config.publicUrl);
    this.origin = url.origin;
    this.scheme = url.protocol;
    this.secure = url.protocol === 'https:';
    this.cookie = cookieName(url);
    const port = url.port || (this.secure ? '443' : '80');
    // A foreign name that is made to point at this machine is none of these; the machine's own names are no one else's.
    const local = loopbackHosts.includes(url.hostname) || config.host === '127.0.0.1' ? loopbackHosts.map((host) => `${host}:${port}`) : [];
    this.hosts = new Set([url.host, ...config.publicHosts, ...local].map((host) => host.toLowerCase()));
  }

  /** True for a `Host` header under which the platform may be called. */
  isOwnHost(host: string | undefined): boolean {
    return host !== undefined && this.hosts.has(host.toLowerCase());
  }

  /** True for an `Origin` header of our own pages. */
  isOwnOrigin(origin: string | undefined): boolean {
    const url = origin === undefined ? null : URL.parse(origin);
    return url !== null && url.protocol === this.scheme && this.hosts.has(url.host.toLowerCase());
  }
}
