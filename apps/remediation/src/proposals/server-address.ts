import type { ServiceConfig } from '@throughline/service';

/** Where people reach the platform, without a slash at its end. */
export function serverAddress({ publicUrl }: Pick<ServiceConfig, 'publicUrl'>): string {
  return publicUrl.replace(/\/+$/, '');
}
