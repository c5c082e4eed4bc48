import { wayBackIn } from '../first-token.mjs';
import { bold, say } from '../terminal.mjs';

/**
 * What to open, what listens where, and where the key is.
 * @param {{ home: string, infra: import('../infra/index.mjs').Infrastructure, provisioned: Awaited<ReturnType<typeof import('../provision.mjs').provision>> }} given
 * @param {'good' | 'ended' | 'unknown'} firstToken
 */
export function printSummary({ home, infra, provisioned: { ports, gatewayUrl, tokenFile } }, firstToken) {
  say();
  say(bold(`Throughline runs: ${gatewayUrl}`));
  if (firstToken === 'ended') say(`  token      yours; the first one has ended. Lost it? ${wayBackIn}`);
  else say(`  token      ${tokenFile} (ends 24 hours after its first use: name an administrator with ${wayBackIn})`);
  say(`  data       ${home}${infra.instance.data === home ? '' : `, ${infra.instance.data}`}`);
  say(`  logs       ${home}/logs`);
  say(
    `  listening  ${Object.entries({ postgres: infra.postgres.port, ...ports })
      .map(([name, port]) => `${name} ${port}`)
      .join(', ')}`,
  );
  say(`             kafka ${infra.brokers.join(', ')}; all on 127.0.0.1 only`);
  say('  try        npx throughline scan <folder or repository URL>');
  say('  stop       Ctrl-C');
}
