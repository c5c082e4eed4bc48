import { ScmCallFailed } from '@throughline/scm';
import { Problem } from '@throughline/service';

/** Whether somebody said no: the same again would be answered the same. */
export function isRefused(error: unknown): boolean {
  return (error instanceof Problem && error.status < 500) || (error instanceof ScmCallFailed && !error.retryable);
}
