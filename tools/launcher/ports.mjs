import { createServer } from 'node:net';

/**
 * @param {number} port 0 for any
 * @returns {Promise<number | undefined>} the port that could be bound on loopback, or undefined when it is taken
 */
export function tryBind(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const bound = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
      server.close(() => resolve(bound));
    });
  });
}

/**
 * The kept port when it is still free, else a fresh one; never one that is already promised.
 * @param {number | undefined} kept @param {ReadonlySet<number>} [promised]
 */
export async function freePort(kept, promised = new Set()) {
  if (kept && !promised.has(kept) && (await tryBind(kept))) return kept;
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = await tryBind(0);
    if (port && !promised.has(port)) return port;
  }
  throw new Error('No free port on 127.0.0.1 after 50 attempts');
}
