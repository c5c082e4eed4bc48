import { readFileSync } from 'node:fs';
import { validateSync } from 'class-validator';
import type { ServiceName } from '@throughline/contracts';
import { isLoopback } from '../outbound/loopback.ts';
import { envFields, type EnvField } from './env.ts';
import type { ServiceConfig } from './service-config.ts';

/** Environment variables as a service gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration is incomplete or wrong: the message names each variable, never its value. */
export class ConfigRefused extends Error {
  readonly code = 'config_refused';
}

/** Reads the configuration of a service; throws `ConfigRefused`. */
export function readConfig<C extends ServiceConfig>(name: ServiceName, cls: new () => C, env: Environment): C {
  const config = new cls();
  const fields = envFields(cls);
  for (const field of fields) {
    const text = valueOf(field, env);
    if (text !== undefined) (config as Record<string, unknown>)[field.property] = convert(field, text);
  }
  config.serviceName = name;
  const faults = validateSync(config, { forbidUnknownValues: false }).map(({ property, constraints }) => {
    const field = fields.find((candidate) => candidate.property === property);
    const missing = (config as Record<string, unknown>)[property] === undefined;
    const what = missing
      ? 'is missing'
      : Object.values(constraints ?? {})
          .join(', ')
          .replaceAll(property, 'it');
    return `${field?.variable ?? property} ${what}`;
  });
  faults.push(...listenerFaults(config));
  if (faults.length > 0) throw new ConfigRefused(`cannot start ${name}: ${faults.join('; ')}`);
  return config;
}

function valueOf(field: EnvField, env: Environment): string | undefined {
  const given = env[field.variable];
  if (given !== undefined && given !== '') return given;
  const file = field.secret ? env[`${field.variable}_FILE`] : undefined;
  if (file) return readFileSync(file, 'utf8').trim();
  return field.default;
}

function convert({ type }: EnvField, text: string): unknown {
  if (type === Number) return /^-?\d+$/.test(text) ? Number(text) : text;
  if (type === Boolean) return text === 'true' ? true : text === 'false' ? false : text;
  if (type !== Array) return text;
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function listenerFaults(config: ServiceConfig): string[] {
  const tls = Boolean(config.tlsCertFile && config.tlsKeyFile);
  if (!config.host || tls || config.trustedProxies?.length > 0 || isLoopback(config.host)) return [];
  return ['HOST is not a loopback address: give TLS_CERT_FILE and TLS_KEY_FILE, or name the proxies in front in TRUSTED_PROXIES'];
}
