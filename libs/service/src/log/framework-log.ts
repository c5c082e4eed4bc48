import type { LoggerService } from '@nestjs/common';
import type { Log } from './log.ts';

/** What the framework says, in our log: its start-up chatter only when debugging. */
export class FrameworkLog implements LoggerService {
  constructor(private readonly lines: Log) {}

  log(message: unknown, context?: unknown): void {
    this.lines.debug({ context }, String(message));
  }

  warn(message: unknown, context?: unknown): void {
    this.lines.warn({ context }, String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.lines.error({ context: rest.at(-1), error: message instanceof Error ? message : undefined }, String(message));
  }
}
