import { Problem, type Identity } from '@throughline/service';
import { vexProductOf } from './vex-product.ts';

/** One spelling of a product that somebody is trusted for; undefined for what names none. */
export function scopeOf(product: string): string | undefined {
  const below = product.endsWith('/*');
  const text = below ? product.slice(0, -2) : product;
  if (text.includes('*')) return undefined;
  // A type or a host alone is no product, yet all that is below it may be one.
  if (below && /^(?:pkg:[a-z0-9.+-]+|image:[\w.-]+|[\w.-]+(?::\d+)?)$/.test(text)) return `${text.toLowerCase()}/*`;
  const named = vexProductOf(text);
  if (!named || named.version !== undefined || Object.keys(named.qualifiers).length > 0) return undefined;
  return below ? `${named.key}/*` : named.key;
}

/** Whether a product lies within one of the scopes. */
export function isWithin(key: string, scopes: readonly string[]): boolean {
  return scopes.some((scope) => (scope.endsWith('/*') ? key.startsWith(scope.slice(0, -1)) : key === scope));
}

/** Products and keys are no application's: they are for those who answer for all. Throws `Problem` 403. */
export function everywhere({ applications }: Identity, what: string): void {
  if (applications !== '*') throw new Problem(403, 'out_of_scope', `${what} is for those to say who see every application`);
}
