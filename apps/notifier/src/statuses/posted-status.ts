import type { StatusPosted } from '@throughline/contracts';
import type { StatusMessage } from '../channels/message.ts';
import { scmStatus } from '../channels/scm-status/scm-status.ts';

const states = { pending: 'pending', pass: 'passed', warn: 'passed', deny: 'failed', undecided: 'failed', released: 'passed' } as const;

/** Whose word a status is, and how far it leads from ours: `other` was never said by us, `outdated` was, but no longer counts. */
type Echo = 'ours' | 'outdated' | 'other';

/**
 * Compares a status that somebody wrote under our name with what we said about the commit, the last first. An earlier word of
 * ours may come back late; one that passes must not stand where our last one does not, whoever wrote it.
 */
export function echoOf(posted: StatusPosted, said: readonly StatusMessage[]): Echo {
  const [last] = said;
  if (!last || saysSame(posted, last)) return 'ours';
  if (!said.some((message) => saysSame(posted, message))) return 'other';
  return posted.state === 'passed' && stateOf(last) !== 'passed' ? 'outdated' : 'ours';
}

function saysSame({ state, description, url, app }: StatusPosted, message: StatusMessage): boolean {
  const { status } = rendered(message);
  return app === undefined && state === stateOf(message) && description.trim() === status.text.trim() && (url ?? '') === (status.url ?? '');
}

function stateOf(message: StatusMessage): StatusPosted['state'] {
  return states[rendered(message).status.verdict];
}

function rendered(message: StatusMessage) {
  return scmStatus.render(message, { settings: {}, earlier: 0, host: '', at: new Date(0) });
}
