import { Injectable } from '@nestjs/common';
import type { Command, CommandOutcome, GivenCommand, ToldChangeRequest } from '@throughline/contracts';
import { InternalClient, Problem } from '@throughline/service';
import { Clock } from '../access/clock.ts';
import type { LinkedPerson } from '../links/linked-accounts.ts';
import { Links } from '../links/links.ts';
import { PersonCalls } from './person-calls.ts';

/** What somebody asks for below a change request. */
type Given = Omit<GivenCommand, 'command'>;

/** So many findings of one matter are changed at once. */
const mostFindings = 50;
const usage = 'There are: rerun; waive N until YYYY-MM-DD because …; false-positive N because …';

/** Does what people ask for below change requests, as the person behind the account, with what that person may do now. */
@Injectable()
export class Commands {
  constructor(
    private readonly links: Links,
    private readonly calls: PersonCalls,
    private readonly internal: InternalClient,
    private readonly clock: Clock,
  ) {}

  /** Throws when a service is away: then it is asked again. A refusal is an answer. */
  async run({ command, ...given }: GivenCommand): Promise<CommandOutcome> {
    if (command.verb === 'link') return this.linked(command.code ?? '', given);
    const person = await this.links.personOf(given);
    if (!person) return stranger(given);
    try {
      const answer = await this.done(command, given, person);
      return { outcome: 'done', reason: `${command.verb}, as ${person.name}`, answer };
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      const why = `${command.verb} was refused: ${error.detail}`.slice(0, 450);
      return { outcome: 'refused', reason: `${why} (as ${person.name})`.slice(0, 500), answer: why };
    }
  }

  /** Whoever tells a code that is not theirs hears nothing. */
  private async linked(code: string, given: Given): Promise<CommandOutcome> {
    const refusal = await this.links.prove(code, given);
    if (refusal !== undefined) return { outcome: 'stranger', reason: refusal };
    return { outcome: 'done', reason: 'linked', answer: 'This account is linked now: what it asks for here counts as yours.' };
  }

  private async done(command: Command, given: Given, person: LinkedPerson): Promise<string> {
    switch (command.verb) {
      case 'rerun':
        return this.rerun(given, person);
      case 'false-positive':
        return this.falsePositive(command, given, person);
      case 'waive':
        return this.waive(command, given, person);
      default:
        throw new Problem(422, 'unreadable', `${command.problem ?? 'this is no command'}. ${usage}`);
    }
  }

  private async rerun(given: Given, person: LinkedPerson): Promise<string> {
    const { head, ref } = await this.toldOf(given);
    if (ref === undefined) throw new Problem(422, 'fork', 'the branch of a fork lies elsewhere: push to it instead');
    const path = `/api/v1/repositories/${encodeURIComponent(given.repositoryId)}/scan`;
    await this.calls.call(person, { method: 'POST', path, body: { ref, commit: head } });
    return `${head.slice(0, 7)} is scanned again.`;
  }

  private async falsePositive({ item, reason }: Command, given: Given, person: LinkedPerson): Promise<string> {
    const findings = await this.findingsOf(given, item);
    const body = { triage: 'false_positive', reason };
    for (const id of findings) {
      await this.calls.call(person, {
        method: 'PATCH',
        path: `/api/v1/findings/${encodeURIComponent(id)}`,
        body,
        headers: { 'if-match': '*' },
      });
    }
    return `${item} is noted as a false positive. What is judged follows from that by itself.`;
  }

  private async waive({ item, until = '', reason }: Command, given: Given, person: LinkedPerson): Promise<string> {
    const end = new Date(`${until}T23:59:59Z`);
    if (!(end.getTime() > this.clock.now().getTime())) throw new Problem(422, 'past', `${until} is over: name a day to come`);
    const findings = await this.findingsOf(given, item);
    const body = { findings, reason, until };
    const made = await this.calls.call<{ readonly id: string; readonly label?: string }>(person, {
      method: 'POST',
      path: '/api/v1/waivers',
      body,
    });
    return `${made.label ?? made.id} asks to accept ${item} until ${until}. It blocks until somebody else approves it.`;
  }

  private async findingsOf(given: Given, item: number | undefined): Promise<readonly string[]> {
    const { findings = [] } = await this.toldOf(given, item);
    if (findings.length === 0) throw new Problem(422, 'unknown_number', `the comment names no finding with the number ${item}`);
    if (findings.length > mostFindings)
      throw new Problem(
        422,
        'too_many',
        `${item} stands for ${findings.length} findings: more than ${mostFindings} at once are changed in the dashboard`,
      );
    return findings;
  }

  private toldOf({ repository, number }: Given, item?: number): Promise<ToldChangeRequest> {
    const query = { repository, number, item };
    return this.internal.call<ToldChangeRequest>('notifier', { method: 'GET', path: '/internal/change-requests', query });
  }
}

function stranger({ account, login }: Given): CommandOutcome {
  return { outcome: 'stranger', reason: `nobody here is linked to the account ${account} (${login})` };
}
