import type { Socket } from 'node:net';

/** Looks within the whole time: one that stood still with its process is then looked at once, not for all that it missed. */
const looks = 4;

/**
 * Ends a connection on which something was said and nothing was heard for so long. A peer that vanished from the network closes
 * nothing: the kernel tries for a quarter of an hour, and a peer that receives but whose answers are lost is never noticed at all.
 *
 * @param waits whether an answer is still waited for: where several things are said at once the first answer may come, and the next
 *   be lost. Without it, whatever is heard answers all that was said.
 */
export function endUnanswered(socket: Socket, afterMs: number, whom: string, waits = (): boolean => false): void {
  let [answered, silent] = [socket.bytesWritten, 0];
  socket.on('data', () => {
    answered = socket.bytesWritten;
    silent = 0;
  });
  const clock = setInterval(() => {
    silent = waits() || socket.bytesWritten > answered ? silent + 1 : 0;
    if (silent > looks) socket.destroy(Object.assign(new Error(`${whom} does not answer`), { code: 'ETIMEDOUT' }));
  }, afterMs / looks).unref();
  socket.once('close', () => clearInterval(clock));
}
