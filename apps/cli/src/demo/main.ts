import { Api } from '../api.ts';
import { readConnection } from '../config.ts';
import { Refused } from '../exit.ts';
import { say, show } from '../terminal.ts';
import { runDemo, stateOfDemo } from './demo.ts';

/** What the launcher shows at a start: a demo that a person removed stays away until a person wants it back. */
async function atStart(api: Api, server: string): Promise<void> {
  if ((await stateOfDemo(api)) === 'removed') return show('The demo was removed. Put it back with: npx throughline demo run');
  await runDemo(api, server);
}

try {
  const connection = readConnection({});
  await atStart(new Api(connection), connection.server);
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  say(`demo: ${error.message}`);
  process.exitCode = error.exitCode;
}
