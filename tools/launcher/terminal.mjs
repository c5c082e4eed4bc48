/** What a person sees: one line per thing that happened, never redrawn, so that it reads the same in a pipe and in a file. */
const began = Date.now();
// A reader that went away (`npm start | head`) is no reason to stop a platform.
process.stdout.on('error', () => {});

const colours = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

const paint = (code) => (/** @type {string} */ text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint('1');
export const faint = paint('2');
export const warning = paint('33');
export const failure = paint('31');

/** @param {string} [line] */
export function say(line = '') {
  process.stdout.write(`${line}\n`);
}

/** A line with the seconds since the start. @param {string} line */
export function progress(line) {
  say(`${faint(`[${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s]`)} ${line}`);
}

/** @param {number} since milliseconds @returns {string} e.g. `1.4 s` */
export const took = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/**
 * Says that something begins and, when it is done, how long it took.
 * @template T
 * @param {string} what @param {() => Promise<T>} work @param {(result: T) => string} [outcome]
 * @returns {Promise<T>}
 */
export async function step(what, work, outcome = () => 'done') {
  const since = Date.now();
  progress(`${what} ...`);
  const result = await work();
  progress(`${what}: ${outcome(result)} (${took(since)})`);
  return result;
}

/**
 * Prints what failed and what to do about it.
 * @param {any} error @returns {number} exit code
 */
export function explain(error) {
  process.stderr.write(`${failure('error:')} ${error.message}\n`);
  if (error.remedy) process.stderr.write(`${error.remedy}\n`);
  else if (!error.code || process.env.THROUGHLINE_DEBUG) process.stderr.write(`${error.stack}\n`);
  for (let { cause } = error, depth = 0; cause instanceof Error && depth < 4; cause = /** @type {any} */ (cause.cause), depth++) {
    process.stderr.write(`  because: ${cause.message || cause.name}\n`);
  }
  return error.exitCode ?? 1;
}
