import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CommitSignals } from '@throughline/messaging';
import { Log, ServiceConfig, type Tx } from '@throughline/service';

const retryMs = 1_000;
/** Notifications are lost while the connection is away: whoever waits looks by itself this often. */
const lookMs = 5_000;

/** Tells those who wait for a subject that something about it was committed, in whichever process that happened. */
@Injectable()
export class SubjectSignals implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly waiting = new Map<string, Set<() => void>>();
  private readonly signals: CommitSignals;

  constructor(config: ServiceConfig, log: Log) {
    this.signals = new CommitSignals(config, 'policy-engine:subjects', {
      heard: (key) => {
        for (const wake of this.waiting.get(key) ?? []) wake();
      },
      listening: () => undefined,
      lost: (error) => {
        log.warn({ error }, 'gates do not hear of new facts at once, they look every few seconds meanwhile');
        return retryMs;
      },
    });
  }

  /** Announces what `tx` changes. */
  changed(tx: Tx, repository: string, commit: string): void {
    this.signals.announce(tx, keyOf(repository, commit));
  }

  /** Begins to listen at once: what is announced before `next` is awaited is not missed. */
  listen(repository: string, commit: string): { next(withinMs: number): Promise<void>; end(): void } {
    const key = keyOf(repository, commit);
    const listeners = this.waiting.get(key) ?? new Set();
    this.waiting.set(key, listeners);
    let heard = false;
    let wake: (() => void) | undefined;
    const listener = (): void => {
      heard = true;
      wake?.();
    };
    listeners.add(listener);
    return {
      next: async (withinMs) => {
        if (!heard) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, Math.max(0, Math.min(withinMs, lookMs)));
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
        }
        heard = false;
      },
      end: () => {
        listeners.delete(listener);
        if (listeners.size === 0) this.waiting.delete(key);
      },
    };
  }

  onApplicationBootstrap(): Promise<void> {
    return this.signals.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.signals.stop();
  }
}

function keyOf(repository: string, commit: string): string {
  return `${commit} ${repository}`;
}
