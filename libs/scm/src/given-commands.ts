import { line } from './payload.ts';
import type { GivenCommands, RepositoryAddress, Translation } from './provider.ts';
import { commandsIn } from './command-lines.ts';

/** A comment below a change request, as its host tells it. */
interface ToldComment {
  readonly text: unknown;
  /** It was changed after it had been written, or is told for another reason. */
  readonly changed: boolean;
  readonly bot: boolean;
}

const ownMark = '[//]: # (throughline ';

/** Why a comment is no command; undefined where it may be one. */
export function noCommandIn({ text, changed, bot }: ToldComment): string | undefined {
  if (typeof text !== 'string' || commandsIn(text).length === 0) return 'the comment holds no command';
  if (changed) return 'a comment gives commands when it is written, not when it is changed';
  if (bot) return 'programs give no commands';
  return text.includes(ownMark) ? 'the comment is our own' : undefined;
}

/** The commands that a comment gives; who may give them is not known here. */
export function commandsGiven(
  repository: RepositoryAddress,
  text: string,
  told: Omit<GivenCommands, 'commands' | 'login'> & { readonly login: unknown },
): Translation {
  const given = { ...told, login: line(told.login, 200), commands: commandsIn(text) };
  return { repository, facts: [], given };
}
