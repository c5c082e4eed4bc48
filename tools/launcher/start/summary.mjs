import { bold, say } from '../terminal.mjs';

/**
 * What to open, what listens where, and where the key is.
 * @param {{ home: string, infra: import('../infra/index.mjs').Infrastructure, provisioned: Awaited<ReturnType<typeof import('../provision.mjs').provision>> }} given
 */
export function printSummary({ home, infra, provisioned: { ports, gatewayUrl, tokenFile } }) {
  say();
  say(bold(`Throughline runs: ${gatewayUrl}`));
  say(`  token      ${tokenFile}`);
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
