/** A terminal and npm may both pass on the same Ctrl-C. */
const SAME_WITHIN = 1_000;

/**
 * Aborts on the first Ctrl-C, SIGTERM or end of the process that started us; gives up waiting on a second one.
 * @param {() => void} onSecond
 */
export function stopSignal(onSecond) {
  const controller = new AbortController();
  let first = 0;
  const onSignal = () => {
    if (!first) {
      first = Date.now();
      controller.abort();
    } else if (Date.now() - first > SAME_WITHIN) onSecond();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, onSignal);
  process.on('disconnect', onSignal);
  return controller.signal;
}
