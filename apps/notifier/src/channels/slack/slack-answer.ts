import type { OutboundAnswer } from '@throughline/service';
import { retryAfterOf } from '../answers.ts';
import { SendFailed } from '../channel.ts';

/** Errors of the Web API that pass by themselves; every other one needs a person. */
const passing = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** The body of a Web API answer with `ok: true`; throws `SendFailed` for any other. */
export function answerOf(method: string, answer: OutboundAnswer): Readonly<Record<string, unknown>> {
  if (answer.status === 429) throw new SendFailed('not_sent', `Slack ${method}: too many messages`, retryAfterOf(answer));
  if (answer.status >= 500) throw new SendFailed('unknown', `Slack ${method} answered ${answer.status}`);
  const body = parsed(answer.text);
  if (answer.status !== 200 || !body)
    throw new SendFailed('refused', `Slack ${method} answered ${answer.status} without JSON: check apiUrl`);
  if (body['ok'] === true) return body;
  const error = typeof body['error'] === 'string' ? body['error'].slice(0, 100) : 'unknown_error';
  throw new SendFailed(passing.has(error) ? 'not_sent' : 'refused', `Slack ${method}: ${error}`, retryAfterOf(answer));
}

/** An incoming webhook answers `ok`; throws `SendFailed` for any other answer. */
export function hookAnswerOf(answer: OutboundAnswer): void {
  if (answer.status === 200) return;
  const said = answer.text.slice(0, 100).trim();
  if (answer.status === 429) throw new SendFailed('not_sent', 'the Slack webhook takes no more for now', retryAfterOf(answer));
  if (answer.status >= 500) throw new SendFailed('unknown', `the Slack webhook answered ${answer.status}`);
  throw new SendFailed('refused', `the Slack webhook answered ${answer.status} ${said}`.trim());
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
