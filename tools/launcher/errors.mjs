/** A failure that the person at the terminal can act on: what was attempted, and what to do about it. */
export class LauncherError extends Error {
  /**
   * @param {string} code stable name, e.g. `HOME_LOCKED`
   * @param {string} message what was attempted, on what
   * @param {{ remedy?: string, exitCode?: number, cause?: unknown }} [more]
   */
  constructor(code, message, { remedy, exitCode = 1, cause } = {}) {
    super(message, { cause });
    this.name = 'LauncherError';
    this.code = code;
    this.remedy = remedy;
    this.exitCode = exitCode;
  }
}
