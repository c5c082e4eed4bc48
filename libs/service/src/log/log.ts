import { carrierNow, traceIdNow } from '@throughline/telemetry';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { ServiceConfig } from '../config/service-config.ts';
import { redact, redactText } from './redact.ts';

/** What a line tells beside its message: ids and counts; `error` for an error, `chain` for a chain id. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured lines with service and trace id; what looks like a secret is replaced. */
export class Log {
  constructor(
    private readonly logger: Logger,
    private readonly flushNow: () => void = () => undefined,
  ) {}

  static open(config: ServiceConfig): Log {
    const destination = pino.destination({ dest: config.logFile || 1, sync: false, mkdir: true, mode: 0o600 });
    return Log.to(destination, config.serviceName, config.logLevel, () => destination.flushSync());
  }

  static to(destination: DestinationStream, service: string, level = 'info', flush?: () => void): Log {
    const mixin = (): object => ({ traceId: traceIdNow(), spanId: carrierNow().traceparent?.split('-')[2] });
    return new Log(pino({ level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime, mixin }, destination), flush);
  }

  debug(fields: LogFields, message: string): void {
    if (this.logger.isLevelEnabled('debug')) this.logger.debug(redact(fields), redactText(message));
  }

  info(fields: LogFields, message: string): void {
    this.logger.info(redact(fields), redactText(message));
  }

  warn(fields: LogFields, message: string): void {
    this.logger.warn(redact(fields), redactText(message));
  }

  error(fields: LogFields, message: string): void {
    this.logger.error(redact(fields), redactText(message));
  }

  /** Writes out what is buffered; at the end of a process. */
  flush(): void {
    this.flushNow();
  }
}
