/** The thread of the services that callers wait for: does what `DoorThread` asks and answers each order by its number. */
import { parentPort, workerData } from 'node:worker_threads';
import { Hosted } from './hosted.mjs';

const hosted = new Hosted(workerData.data);

parentPort?.on('message', async ({ id, order, value }) => {
  try {
    parentPort?.postMessage({ id, result: await hosted[order](value) });
  } catch (error) {
    // A copy of an error between threads loses its code.
    const { message = String(error), stack, code } = error;
    parentPort?.postMessage({ id, error: { message, stack, code } });
  }
});
