import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** What a probe must not reach: a port and a socket that listen here. */
export class ProbedHost {
  datagrams = 0;

  private constructor(
    readonly port: number,
    readonly socket: string,
    private readonly servers: readonly Server[],
    private readonly udp: Socket,
  ) {
    udp.on('message', () => (this.datagrams += 1));
  }

  static async open(socket: string): Promise<ProbedHost> {
    const servers = [createServer((peer) => peer.destroy()), createServer((peer) => peer.destroy())] as const;
    await Promise.all([once(servers[0].listen(0, '127.0.0.1'), 'listening'), once(servers[1].listen(socket), 'listening')]);
    const { port } = servers[0].address() as AddressInfo;
    const udp = createSocket('udp4').bind(port, '127.0.0.1');
    await once(udp, 'listening');
    return new ProbedHost(port, socket, servers, udp);
  }

  close(): void {
    for (const server of this.servers) server.close();
    this.udp.close();
  }
}
