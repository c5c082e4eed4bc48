import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A collector that takes all spans and keeps none: every measured process sends its own, as it would in production. */
export class SpanSink {
  private readonly server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
  });

  /** What tells a process where to send its spans. */
  get environment(): Readonly<Record<string, string>> {
    return { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}` };
  }

  static async start(): Promise<SpanSink> {
    const sink = new SpanSink();
    await new Promise<void>((listening) => sink.server.listen(0, '127.0.0.1', listening));
    return sink;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}
