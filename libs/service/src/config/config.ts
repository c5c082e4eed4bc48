import type { Environment } from './read-config.ts';

/** The environment of this process; read here and nowhere else. */
export function processEnvironment(): Environment {
  return { ...process.env };
}
