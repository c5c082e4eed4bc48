import { extname } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts `<name>` beside the file `from` (an `import.meta.url`) in a thread, as source or built like that file. It gets
 * nothing of the environment.
 */
export function startThread(from: string, name: string, options: Pick<WorkerOptions, 'resourceLimits' | 'workerData'>): Worker {
  const extension = extname(from);
  return new Worker(new URL(`./${name}${extension}`, from), {
    ...options,
    execArgv: extension === '.ts' ? ['--conditions=@throughline/source', '--disable-warning=ExperimentalWarning'] : [],
    env: {},
  });
}

/** The next message of a thread; rejects when it ends instead, naming what it was for (`reads deliveries`). */
export function nextMessage<R>(worker: Worker, does: string): Promise<R> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => () => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      end();
    };
    const onMessage = (message: R): void => settle(() => resolve(message))();
    const onError = (error: Error): void => settle(() => reject(error))();
    const onExit = (): void => settle(() => reject(new Error(`the thread that ${does} ended`)))();
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}
