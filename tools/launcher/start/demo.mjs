import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../paths.mjs';
import { progress, say, warning } from '../terminal.mjs';
import { runNode } from './child.mjs';

/**
 * Shows the platform at work on a small vulnerable repository of its own.
 * @param {{ home: string, gatewayUrl: string, demoToken?: string }} given @param {AbortSignal} signal
 */
export async function showDemo({ home, gatewayUrl, demoToken }, signal) {
  const program = join(projectRoot, 'apps/cli/dist/demo/main.js');
  if (!existsSync(program)) return progress(warning('Demo: this build has none'));
  progress('Demo: a push to a small vulnerable repository');
  const env = {
    ...process.env,
    THROUGHLINE_HOME: home,
    THROUGHLINE_URL: gatewayUrl,
    THROUGHLINE_TOKEN: demoToken,
  };
  const code = await runNode([program], { env, cwd: projectRoot, within: 600_000, onLine: (line) => say(`  ${line}`), signal });
  if (code !== 0 && !signal.aborted) progress(warning(`Demo: ended with ${code}; the platform goes on`));
}
