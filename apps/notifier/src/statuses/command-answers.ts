import { Injectable } from '@nestjs/common';
import { keys, type CommandAnswered } from '@throughline/contracts';
import type { Tx } from '@throughline/service';
import { Channels } from '../channels/channels.ts';
import { line, type CommentMessage } from '../channels/message.ts';
import { Conversations } from '../deliveries/conversations.ts';
import { Directory } from '../directory/directory.ts';

/** One comment that answers the commands of another. */
@Injectable()
export class CommandAnswers {
  constructor(
    private readonly channels: Channels,
    private readonly conversations: Conversations,
    private readonly directory: Directory,
  ) {}

  async answered(tx: Tx, { repository, number, comment, answers }: CommandAnswered): Promise<void> {
    const known = await this.directory.repository(tx, repository);
    const application = known?.application ?? 'unassigned';
    const [headline = '', ...more] = answers;
    const message: CommentMessage = {
      ...{ kind: 'comment', repository, commit: '', application, number, state: 'answer', answers: comment },
      ...{ headline, items: [], remarks: more.map((one) => line(one)), footer: [] },
    };
    const about = `answer:${repository}#${number}:${comment}`;
    const telling = { about, message, application, repository, commit: '', causes: [keys.change(repository, number)] };
    await this.conversations.tell(tx, telling, this.channels.forComments(), 0);
  }
}
