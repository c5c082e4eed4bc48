import { say } from './terminal.mjs';

const TEXTS = {
  start: `npm start -- [options]

  --port <number>   port of the dashboard and API (default: $PORT, else 4000 or the next free one)
  --home <folder>   where everything is kept (default: $THROUGHLINE_HOME, else .throughline/ here)
  --no-demo         do not show the demonstration
  --help            this text

Postgres and Kafka come from the first that is there: DATABASE_URL and KAFKA_BROKERS, local processes, Docker.
THROUGHLINE_PROVIDER=env|docker|local names one. More: docs/install.md`,
  test: `npm test -- [--only part,...]

Runs all tests, or some parts: --only contracts,tools,unit,corpora,launcher,int,e2e.
Postgres and Kafka come the same way as for npm start.`,
  real: `npm run test:real -- [--only part,...] [--within seconds]

Runs the platform against real servers, each built once into the tool cache: --only gitea,toxiproxy. Needs git and the Go module proxy;
Go itself is fetched when it is not there.`,
};

/** @param {string} command @returns {number} exit code */
export function help(command) {
  say(TEXTS[command]);
  return 0;
}
