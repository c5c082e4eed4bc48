import { Injectable } from '@nestjs/common';
import { uuidv7 } from '@throughline/contracts';
import { Database } from '@throughline/service';
import type { Question } from './question.ts';

/** A question that somebody waits for longer than one request may take. */
export interface GateWait {
  readonly id: string;
  readonly question: Question;
  readonly until: Date;
}

const keptAfter = '1 day';

/** Keeps long waits, so that their location answers whatever process is asked. */
@Injectable()
export class GateWaits {
  constructor(private readonly database: Database) {}

  async open(question: Question, application: string, seconds: number): Promise<GateWait> {
    const wait = { id: uuidv7(), question, until: new Date(Date.now() + seconds * 1000) };
    await this.database.rows(`delete from gate_wait where until < now() - interval '${keptAfter}'`);
    await this.database.rows('insert into gate_wait (id, application, question, until) values ($1, $2, $3, $4)', [
      wait.id,
      application,
      JSON.stringify(question),
      wait.until,
    ]);
    return wait;
  }

  async find(id: string): Promise<GateWait | undefined> {
    const sql = 'select id, question, until from gate_wait where id::text = $1';
    const [row] = await this.database.rows<{ id: string; question: string; until: Date }>(sql, [id]);
    return row && { ...row, question: JSON.parse(row.question) as Question };
  }
}
