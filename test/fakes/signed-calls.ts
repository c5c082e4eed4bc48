import { SignedIdentities, ServiceConfig, type Identity, type RunningService } from '@throughline/service';
import type { ServiceName } from '@throughline/contracts';

/** Somebody who may do everything. */
export const admin: Identity = { kind: 'user', id: 'u-admin', name: 'Ada', rights: ['*'], applications: '*' };

export interface Called {
  readonly status: number;
  readonly json: unknown;
  readonly headers: Headers;
}

export type Caller = (
  method: string,
  path: string,
  o?: { body?: unknown; by?: Identity; headers?: Record<string, string> },
) => Promise<Called>;

/** Calls a service as the gateway would, with the identity of a user. */
export function callerOf(service: RunningService, name: ServiceName, gatewayEnvironment: Readonly<Record<string, string>>): Caller {
  const config = Object.assign(new ServiceConfig(), {
    serviceName: 'gateway',
    identityPrivateKeyFile: gatewayEnvironment['IDENTITY_PRIVATE_KEY_FILE'],
    identityPublicKeysFile: gatewayEnvironment['IDENTITY_PUBLIC_KEYS_FILE'],
  });
  const signer = SignedIdentities.fromFiles(config as ServiceConfig);
  return async (method, path, o = {}) => {
    const body = o.body === undefined ? undefined : Buffer.from(JSON.stringify(o.body));
    const token = await signer.sign(o.by ?? admin, { audience: name, method, path, body });
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }), ...o.headers };
    const answer = await fetch(service.url + path, { method, headers, ...(body && { body }) });
    const text = await answer.text();
    return { status: answer.status, json: text === '' ? undefined : (JSON.parse(text) as unknown), headers: answer.headers };
  };
}
