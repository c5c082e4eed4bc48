/** SQLSTATE classes 08 (connection), 53 (resources) and 57P (shutdown), and what sockets say. */
const codes = /^(?:08...|53...|57P..|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;
const messages =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired$|Client has encountered a connection error|Driver not Connected)/;

/** Errors within errors; one may even name itself. */
const deepest = 5;

/** What errors of the driver, of TypeORM and of sockets have in common, whichever realm made them. */
interface Failure {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly driverError?: unknown;
  readonly cause?: unknown;
}

/** True when no statement can succeed now, whatever it says. */
export function isDatabaseAway(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > deepest) return false;
  const { code, message, driverError, cause } = error as Failure;
  if (typeof code === 'string' && codes.test(code)) return true;
  if (typeof message === 'string' && messages.test(message)) return true;
  return isDatabaseAway(driverError ?? cause, depth + 1);
}
