/** A terminal and npm may both pass on the same Ctrl-C. */
const SAME_WITHIN = 1_000;

/**
 * Aborts on the first Ctrl-C, SIGTERM or end of whoever started us; gives up waiting on a second one.
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
  watchNpm(onSignal);
  return controller.signal;
}

/** npm that is killed by force passes nothing on, so a change of parent is our only sign. */
function watchNpm(onGone) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 1_000);
  timer.unref();
}
