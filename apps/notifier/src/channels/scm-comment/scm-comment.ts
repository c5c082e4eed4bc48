import { mostCommentText, type Comments } from '@throughline/scm';
import { answerText, briefText, commentText } from '../../rendering/comment-text.ts';
import { atProvider } from '../at-provider.ts';
import { type Channel, type Receipt } from '../channel.ts';
import type { CommentMessage } from '../message.ts';

export class ScmCommentSettings {}

export class ScmCommentSecrets {}

export interface ScmCommentPayload {
  readonly repository: string;
  readonly number: number;
  /** By which the comment is found again among our own. */
  readonly marker: string;
  readonly text: string;
  /** The same without any finding. */
  readonly brief: string;
  /** It only ends what was said before: where that was taken away, nothing is said. */
  readonly ends: boolean;
}

/** One comment below each change request, edited in place, with the credential of the source that it came from. */
export const scmComment: Channel<CommentMessage, ScmCommentSettings, ScmCommentSecrets, ScmCommentPayload> = {
  name: 'scm-comment',
  takes: 'comment',
  settings: ScmCommentSettings,
  secrets: ScmCommentSecrets,
  delays: [2, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400],
  tells: () => 'changes',
  origin: () => 'source',
  fault: () => undefined,

  render(message, { host }) {
    const { repository, number, state, answers } = message;
    // Two installations may use the same account. A definition that nothing refers to is shown nowhere.
    const marker = `[//]: # (throughline ${host} ${answers === undefined ? `change ${number}` : `answer ${answers.replace(/[^\w./-]/g, '_')}`})`;
    if (answers !== undefined) return told(`${answerText(message)}\n\n${marker}`, { repository, number, marker });
    const text = `${commentText(message, mostCommentText - marker.length - 2)}\n\n${marker}`;
    const brief = `${briefText(message)}\n\n${marker}`;
    return { repository, number, marker, text, brief, ends: state === 'clean' };
  },

  send: (payload, context) =>
    atProvider(context, payload.repository, async ({ comments }, fullName, mode) => {
      if (!comments || mode === 'none') return { id: 'not wanted', kept: true };
      return keepOne(comments, fullName, mode === 'full' ? payload : { ...payload, text: payload.brief }, context.earlier);
    }),
};

function told(text: string, about: Pick<ScmCommentPayload, 'repository' | 'number' | 'marker'>): ScmCommentPayload {
  return { ...about, text, brief: text, ends: false };
}

/** Edits the comment that we made before, or find as ours after an attempt whose end nobody saw; else makes it. */
async function keepOne(comments: Comments, fullName: string, payload: ScmCommentPayload, earlier: string | undefined): Promise<Receipt> {
  const { number, marker, text } = payload;
  if (earlier !== undefined && (await comments.edit(fullName, number, earlier, text))) return { id: earlier };
  const found = await comments.find(fullName, number, marker);
  if (found && (await comments.edit(fullName, number, found.id, text))) return { id: found.id };
  if (payload.ends) return { id: earlier ?? 'nothing to end' };
  return { id: await comments.add(fullName, number, text) };
}
