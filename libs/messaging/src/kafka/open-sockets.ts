import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { endUnanswered } from '@throughline/service';
import type { ISocketFactory } from 'kafkajs';

/** The longest answer is that to a member who joins: it waits for the others, for 20 seconds at most. */
const unansweredMs = 40_000;

/** The sockets of a client: kafkajs forgets some of them when a broker goes away and comes back. */
export class OpenSockets {
  private readonly sockets = new Set<Socket>();

  /** For kafkajs. Small requests leave at once (no Nagle). */
  readonly factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    // TLS names no server that is an address (RFC 6066 section 3).
    const name = isIP(host) ? {} : { servername: host };
    const socket = ssl ? connectTls({ host, port, ...name, ...ssl }, onConnect) : connectPlain({ host, port }, onConnect);
    socket.setKeepAlive(true, 60_000).setNoDelay(true);
    // kafkajs gives up requests, but not the connection on which none is answered any more.
    endUnanswered(socket, unansweredMs, 'the broker');
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    return socket;
  };

  /** Closes what is still open; kafkajs clears its own timers on the error. */
  close(): void {
    for (const socket of this.sockets) socket.destroy(new Error('the service stops'));
  }
}
