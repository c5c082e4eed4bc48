import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the registry saw it. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

type Intercept = (request: SeenRequest, response: ServerResponse) => boolean;

/** A registry that answers to pulls as the distribution specification says, and otherwise as a test wants. */
export class RegistryServer {
  readonly seen: SeenRequest[] = [];
  /** Answers instead of the registry, where it returns true. */
  intercept: Intercept | undefined;
  private readonly blobs = new Map<string, Buffer>();
  private readonly manifests = new Map<string, { readonly type: string; readonly body: Buffer }>();

  private constructor(private readonly server: ReturnType<typeof createServer>) {}

  static async open(): Promise<RegistryServer> {
    const server = createServer();
    const registry = new RegistryServer(server);
    server.on('request', (request, response) => registry.answer({ path: request.url ?? '', headers: request.headers }, response));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return registry;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  blob(body: Buffer | string, mediaType: string) {
    const digest = digestOf(Buffer.from(body));
    this.blobs.set(digest, Buffer.from(body));
    return { mediaType, digest, size: Buffer.byteLength(body) };
  }

  manifest(document: object, tag?: string, type = String((document as { mediaType?: unknown }).mediaType)) {
    const body = Buffer.from(JSON.stringify(document));
    const digest = digestOf(body);
    for (const name of [digest, ...(tag === undefined ? [] : [tag])]) this.manifests.set(name, { type, body });
    return { mediaType: type, digest, size: body.length };
  }

  /** An image of some layers, by its tag. */
  image(layers: readonly (Buffer | string)[], tag?: string) {
    return this.manifest(
      {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: this.blob('{}', 'application/vnd.oci.image.config.v1+json'),
        layers: layers.map((layer) => this.blob(layer, 'application/vnd.oci.image.layer.v1.tar+gzip')),
      },
      tag,
    );
  }

  private answer(request: SeenRequest, response: ServerResponse): void {
    this.seen.push(request);
    if (this.intercept?.(request, response)) return;
    const [, kind, name] = /^\/v2\/shop\/api\/(manifests|blobs)\/([^/]+)$/.exec(request.path) ?? [];
    const manifest = kind === 'manifests' ? this.manifests.get(name!) : undefined;
    const blob = kind === 'blobs' ? this.blobs.get(name!) : undefined;
    if (manifest)
      response.writeHead(200, { 'content-type': manifest.type, 'docker-content-digest': digestOf(manifest.body) }).end(manifest.body);
    else if (blob) sendPart(blob, request.headers.range, response);
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[{"code":"NAME_UNKNOWN"}]}');
  }
}

function sendPart(blob: Buffer, range: string | undefined, response: ServerResponse): void {
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  const head = { 'content-range': `bytes ${from}-${blob.length - 1}/${blob.length}` };
  response.writeHead(from > 0 ? 206 : 200, from > 0 ? head : {}).end(blob.subarray(from));
}

function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}
