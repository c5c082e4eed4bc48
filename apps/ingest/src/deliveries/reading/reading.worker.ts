import { parentPort } from 'node:worker_threads';
import { Problem } from '@throughline/service/plain';
import type { Orders, Refusal } from './orders.ts';
import { reading } from './reading.ts';

/** The body comes and goes without a copy: only one side has it at a time. */
parentPort!.on('message', ({ task, order, bytes }: { task: keyof Orders; order: never; bytes: Uint8Array<ArrayBuffer> }) => {
  parentPort!.postMessage({ ...attempt(task, order, bytes), bytes }, [bytes.buffer]);
});
parentPort!.postMessage('ready');

function attempt(task: keyof Orders, order: never, { buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): object {
  try {
    return { answer: JSON.stringify({ is: reading[task](order, Buffer.from(buffer, byteOffset, byteLength)) }) };
  } catch (error) {
    if (!(error instanceof Problem)) return { failed: (error as Error).message };
    const { status, code, detail } = error;
    return { refused: { status, code, detail } satisfies Refusal };
  }
}
