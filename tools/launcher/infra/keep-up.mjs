const ATTEMPTS = 3;
const FORGOTTEN_AFTER = 10 * 60_000;

/**
 * Starts a server again that ended by itself, a few times; then it is left down, and the services say so.
 * @param {{ child?: import('../processes/supervised.mjs').SupervisedProcess, restart(): Promise<void> }} server
 * @param {{ name: string, log: (line: string) => void }} options
 * @returns {() => void} stops watching; called before the server is stopped on purpose
 */
export function keepUp(server, { name, log }) {
  let watching = true;
  let ends = [];
  const watch = async () => {
    while (watching) {
      const { code, signal } = await server.child.exited;
      if (!watching) return;
      ends = [...ends.filter((time) => Date.now() - time < FORGOTTEN_AFTER), Date.now()];
      if (ends.length > ATTEMPTS) return log(`${name} ended again (${code ?? signal}) and is left down: see its log, then start anew`);
      log(`${name} ended by itself (${code ?? signal}); starting it again`);
      await server.restart();
      log(`${name} is back`);
    }
  };
  watch().catch((error) => log(`${name} could not be started again: ${error.message}`));
  return () => {
    watching = false;
  };
}
