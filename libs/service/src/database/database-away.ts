/** SQLSTATE classes 08 (connection), 53 (resources) and 57P (shutdown), and what sockets say. */
const codes = /^(?:08...|53...|57P..|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;
const messages =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Driver not Connected)/;

/** True when no statement can succeed now, whatever it says. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && codes.test(code)) return true;
  if (messages.test(error.message)) return true;
  const inner = (error as { driverError?: unknown }).driverError ?? error.cause;
  return inner !== error && isDatabaseAway(inner);
}
