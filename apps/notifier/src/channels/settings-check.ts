import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { Fault } from '@throughline/service';
import type { Channel } from './channel.ts';

export interface CheckedSettings {
  readonly settings: object;
  readonly secrets: object;
  readonly faults: readonly Fault[];
}

/**
 * Settings and secrets of a channel by its kind's classes. Secrets that are not given stay, unless the settings now lead
 * to another origin: a credential never follows an address that somebody changed. `null` removes one.
 */
export function checkSettings(
  kind: Channel,
  given: { readonly settings: object; readonly secrets?: object },
  stored: { readonly settings: object; readonly secrets: object } | undefined,
): CheckedSettings {
  const settings = plainToInstance(kind.settings, given.settings);
  const faults = faultsOf(settings, '/settings');
  if (faults.length > 0) return { settings, secrets: {}, faults };
  const kept = stored && kind.origin(stored.settings) === kind.origin(settings) ? stored.secrets : {};
  const merged = Object.entries({ ...kept, ...given.secrets }).filter(([, value]) => value !== null);
  const secrets = plainToInstance(kind.secrets, Object.fromEntries(merged));
  const secretFaults = faultsOf(secrets, '/secrets');
  if (secretFaults.length > 0) return { settings, secrets, faults: secretFaults };
  const fault = kind.fault(settings, secrets);
  return { settings, secrets, faults: fault === undefined ? [] : [{ pointer: '', detail: fault }] };
}

/** Addresses outside the domains that the operator allows; all are allowed when none is named. */
export function foreignRecipients(kind: Channel, settings: object, domains: readonly string[]): readonly string[] {
  if (domains.length === 0) return [];
  const allowed = new Set(domains.map((domain) => domain.toLowerCase()));
  return (kind.recipients?.(settings) ?? []).filter((address) => !allowed.has(address.slice(address.lastIndexOf('@') + 1).toLowerCase()));
}

function faultsOf(value: object, pointer: string): readonly Fault[] {
  const errors = validateSync(value, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: false });
  return errors.flatMap((error: ValidationError) =>
    Object.values(error.constraints ?? { invalid: 'is not valid' }).map((detail) => ({ pointer: `${pointer}/${error.property}`, detail })),
  );
}
