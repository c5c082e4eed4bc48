import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { progress, say, warning } from '../terminal.mjs';
import { demoUser } from '../infra/users.mjs';
import { runNode } from './child.mjs';

/**
 * Shows the platform at work on a small vulnerable repository of its own.
 * @param {{ data: string, code: string, gatewayUrl: string, demoToken?: string }} given @param {AbortSignal} signal
 */
export async function showDemo({ data, code, gatewayUrl, demoToken }, signal) {
  const program = join(code, 'apps/cli/dist/demo/main.js');
  if (!existsSync(program)) return progress(warning('Demo: this build has none'));
  progress('Demo: a push to a small vulnerable repository');
  const env = {
    PATH: process.env.PATH,
    HOME: data,
    THROUGHLINE_HOME: data,
    THROUGHLINE_URL: gatewayUrl,
    THROUGHLINE_TOKEN: demoToken,
  };
  const exit = await runNode([program], {
    env,
    user: demoUser(),
    cwd: code,
    within: 600_000,
    onLine: (line) => say(`  ${line}`),
    signal,
  });
  if (exit !== 0 && !signal.aborted) progress(warning(`Demo: ended with ${exit}; the platform goes on`));
}
