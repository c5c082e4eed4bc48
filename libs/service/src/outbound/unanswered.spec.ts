import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { endUnanswered } from './unanswered.ts';

const afterMs = 40;

let server: Server;
let peers: Socket[];
let answer: (peer: Socket, said: Buffer) => void;

beforeEach(async () => {
  peers = [];
  answer = (peer, said) => peer.write(said);
  server = createServer((peer) => {
    peers.push(peer.on('error', () => undefined));
    peer.on('data', (said: Buffer) => answer(peer, said));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  for (const peer of peers) peer.destroy();
  server.close();
});

async function connected(waits?: () => boolean): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  socket.resume();
  endUnanswered(socket, afterMs, 'the server', waits);
  return socket;
}

/** Some exchanges over several times what silence is borne. */
async function talk(socket: Socket): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    socket.write('x');
    await once(socket, 'data');
    await new Promise((later) => setTimeout(later, afterMs / 5));
  }
}

describe('a connection', () => {
  it('is ended when what was said is not answered', async () => {
    answer = () => undefined;
    const socket = await connected();

    socket.write('are you there?');
    const [error] = (await once(socket, 'error')) as [Error & { code: string }];

    expect(error).toMatchObject({ message: 'the server does not answer', code: 'ETIMEDOUT' });
    expect(socket.destroyed).toBe(true);
  });

  it('is ended when only the last of many words is not answered', async () => {
    let turns = 0;
    answer = (peer, said) => (turns += 1) < 3 && peer.write(said);
    const socket = await connected();
    socket.on('data', () => socket.write('again'));

    socket.write('first');
    await once(socket, 'error');

    expect(turns).toBe(3);
    expect(socket.destroyed).toBe(true);
  });

  it('is ended when of two things that were said at once only the first is answered', async () => {
    let answers = 0;
    const socket = await connected(() => answers < 2);
    socket.on('data', () => (answers += 1));

    socket.write('one, two');
    await once(socket, 'error');

    expect(answers).toBe(1);
    expect(socket.destroyed).toBe(true);
  });

  it('is ended when more and more is said and nothing is heard', async () => {
    answer = () => undefined;
    const socket = await connected();
    const saying = setInterval(() => socket.write('?'), afterMs / 10);

    await once(socket, 'error').finally(() => clearInterval(saying));

    expect(socket.destroyed).toBe(true);
  });

  it('stays while it is answered, and while nobody says anything', async () => {
    const socket = await connected(() => false);

    await talk(socket);
    await new Promise((later) => setTimeout(later, afterMs * 5));
    await talk(socket);

    expect(socket.destroyed).toBe(false);
    socket.destroy();
  });
});
