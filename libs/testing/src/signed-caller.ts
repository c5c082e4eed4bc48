import type { ServiceName } from '@throughline/contracts';
import { SignedIdentities, streamedType, type Identity, type RunningService, type ServiceConfig } from '@throughline/service';
import { request } from 'undici';
import type { Platform } from './infra.ts';

/** What a test sends. A body that is no buffer is sent as JSON. */
export interface SignedCall {
  readonly body?: Buffer | object;
  /** The handler reads it as a stream, as the gateway passes large bodies on. */
  readonly streamed?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Parts of the user that differ from one with all rights. */
  readonly user?: Partial<Identity>;
  /** The gateway calls for itself. */
  readonly asService?: boolean;
}

export interface SignedAnswer<T> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What is no JSON, as text. */
  readonly body: T;
}

const admin: Identity = { kind: 'user', id: 'u-admin', name: 'admin', rights: ['*'], applications: '*' };

/** Calls a running service as another one does: for a user when it is the gateway, for itself otherwise. */
export class SignedCaller {
  private readonly identities: SignedIdentities;

  constructor(
    private readonly service: Pick<RunningService, 'name' | 'url'>,
    platform: Pick<Platform, 'environment'>,
    private readonly caller: ServiceName = 'gateway',
  ) {
    const { IDENTITY_PRIVATE_KEY_FILE: identityPrivateKeyFile, IDENTITY_PUBLIC_KEYS_FILE: identityPublicKeysFile } =
      platform.environment(caller);
    this.identities = SignedIdentities.fromFiles({ serviceName: caller, identityPrivateKeyFile, identityPublicKeysFile } as ServiceConfig);
  }

  async call<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, sent: SignedCall = {}): Promise<SignedAnswer<T>> {
    const body = sent.body === undefined || Buffer.isBuffer(sent.body) ? sent.body : Buffer.from(JSON.stringify(sent.body));
    const authorization = this.authorization(method, path, sent.streamed ? 'streamed' : body, sent);
    const type = sent.streamed ? streamedType : 'application/json';
    const answer = await request(`${this.service.url}${path}`, {
      method,
      headers: { ...(body ? { 'content-type': type } : {}), ...sent.headers, authorization },
      ...(body ? { body } : {}),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, body: bodyOf(text, answer.headers['content-type']) as T };
  }

  /** The header that makes the service believe who calls; good for this request alone, and for a minute. */
  authorization(method: string, path: string, body?: Buffer | 'streamed', as: Pick<SignedCall, 'user' | 'asService'> = {}): string {
    const identity = this.caller === 'gateway' && !as.asService ? { ...admin, ...as.user } : this.identities.ownIdentity();
    return `Bearer ${this.identities.sign(identity, { audience: this.service.name, method, path, body })}`;
  }
}

function bodyOf(text: string, type: string | string[] | undefined): unknown {
  if (text === '') return undefined;
  return type === undefined || /[/+]json\b/.test(String(type)) ? JSON.parse(text) : text;
}
