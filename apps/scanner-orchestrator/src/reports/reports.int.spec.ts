import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Blobs } from '@throughline/blobs';
import {
  encodeHeaders,
  encodeValue,
  envelopeFor,
  factMeta,
  FindingsEvaluated,
  make,
  SeverityTotals,
  type EvidencePlanned,
  type EvidenceProgress,
  type EvidenceReceived,
  type EvidenceRefused,
  type FactClass,
  type Page,
  type Report,
} from '@throughline/contracts';
import { Database, rows, type RunningService } from '@throughline/service';
import { Broker, eventually, SignedCaller, type Platform } from '@throughline/testing';
import { commit, newRepository, ReportDoor } from '../fixtures/report-door.ts';
import { ReportsUnderTest } from '../fixtures/reports-under-test.ts';

const secret = `ghp_${'wWPw5k4aXcaT4fNP'}0UcnZwJUVFk6LO0pINUx`;
const patienceMs = 60_000;
const teamA = { applications: ['shop'] };

let under: ReportsUnderTest;
let platform: Platform;
let service: RunningService;
let door: SignedCaller;
let broker: Broker;
let reports: ReportDoor;
let blobs: Blobs;
let gate: SignedCaller;
let folders: string[];

beforeAll(async () => {
  under = await ReportsUnderTest.start({ MAX_REPORT_MIB: '8' });
  ({ platform, service, door, broker, reports, blobs } = under);
  gate = new SignedCaller(under.service, under.platform, 'policy-engine');
  folders = [under.environment['BLOBS_DIR']!, under.environment['WORK_DIR']!];
}, 300_000);

afterAll(async () => {
  await under?.stop();
});

jest.setTimeout(120_000);

function sarif(results: number, more: object = {}): object {
  const result = (line: number): object => ({
    ruleId: 'EX001',
    message: { text: `call ${line}` },
    locations: [
      { physicalLocation: { artifactLocation: { uri: 'src/app.js' }, region: { startLine: line, snippet: { text: `run(${line})` } } } },
    ],
    ...more,
  });
  const driver = { name: 'ExampleLint', rules: [{ id: 'EX001', shortDescription: { text: 'Command built from input' } }] };
  return { version: '2.1.0', runs: [{ results: Array.from({ length: results }, (_, index) => result(index + 1)), tool: { driver } }] };
}

const progress = async (repository: string): Promise<EvidenceProgress> =>
  (await gate.call<EvidenceProgress>('GET', `/internal/evidence?repository=${encodeURIComponent(repository)}&commit=${commit}`)).body;

async function lines(digest: string): Promise<Record<string, Record<string, unknown>>[]> {
  const all = [];
  for await (const line of blobs.lines(digest, { maxLineBytes: 100_000, maxLines: 100_000 })) all.push(JSON.parse(line));
  return all as Record<string, Record<string, unknown>>[];
}

async function evaluated(fact: EvidenceReceived, more: Partial<FindingsEvaluated>): Promise<void> {
  const { subject, seq, tool, finds, lineage, assurance, coverage } = fact;
  const answer = make(FindingsEvaluated, {
    ...{ subject, seq, tool, finds, assurance, coverage, ruleset: lineage.ruleset },
    ...{ outcome: 'evaluated', application: 'unassigned', revision: 1 },
    present: [],
    totals: make(SeverityTotals, { critical: 0, high: 0, medium: 0, low: 0, info: 0 }),
    ...{ opened: 0, reopened: 0, resolved: 0, unchanged: 0, notEvaluated: [], licences: [] },
    ...more,
  });
  const meta = factMeta(FindingsEvaluated as FactClass);
  const value = encodeValue(answer);
  const envelope = envelopeFor({ fact: answer, deliveryKey: randomUUID() }, value);
  await broker.send(`${platform.prefix}throughline.${meta.topic}.v1`, { key: meta.key(answer), value, headers: encodeHeaders(envelope) });
}

describe('a small report', () => {
  it('is an item of the plan before the answer is given, and says what became of it', async () => {
    const repository = newRepository();

    const { status, body } = await reports.upload(repository, gzipSync(JSON.stringify(sarif(3))));

    expect(status).toBe(202);
    expect(body).toEqual({ id: expect.any(String), status: 'running', location: `/api/v1/reports/${body.id}` });
    // Nobody has looked at the commit here: what is only claimed never makes a plan complete.
    expect(await progress(repository)).toEqual({ known: true, lastSeq: null, open: 1 });
    const [planned, received] = await eventually(async () => {
      const all = [
        await reports.facts<EvidencePlanned>('evidence.planned', repository),
        await reports.facts<EvidenceReceived>('evidence.received', repository),
      ] as const;
      if (!all[0][0] || !all[1][0]) throw new Error('nothing was told');
      return [all[0][0], all[1][0]] as const;
    }, patienceMs);
    expect(planned).toMatchObject({ throughSeq: 1, items: [{ seq: 1, tool: 'ExampleLint', state: 'planned', assurance: 'claimed' }] });
    expect(received).toMatchObject({
      seq: 1,
      format: 'sarif',
      assurance: 'claimed',
      findings: 3,
      coverage: { scope: '', complete: false },
      confirmed: false,
    });
    await evaluated(received, { opened: 2, unchanged: 1 });
    const done = await eventually(async () => {
      const now = await reports.report(body.id);
      if (now.status !== 'done') throw new Error(now.status);
      return now;
    }, patienceMs);
    expect(done).toMatchObject({
      reported: 3,
      accepted: 3,
      rejected: [],
      opened: 2,
      unchanged: 1,
      resolved: 0,
      reopened: 0,
      tool: 'ExampleLint',
    });
  });

  it.each([
    ['of another format', '&format=gitleaks', Buffer.from(JSON.stringify(sarif(1))), /SARIF 2.1.0, not Gitleaks/],
    ['of no format', '', Buffer.from('{"hello":1}'), /no format that is read here/],
    ['that breaks off', '', Buffer.from(JSON.stringify(sarif(2)).slice(0, -30)), /line 1, column/],
    ['that is empty', '', Buffer.from(' '), /empty|middle/],
    ['that is no gzip', '', Buffer.concat([Buffer.from([0x1f, 0x8b]), randomBytes(100)]), /unpacked/],
    ['that is a bomb', '', gzipSync(`{"version":"2.1.0","runs":[${' '.repeat(64 * 1024 * 1024)}`), /unpack/],
  ])('%s is refused at once, and leaves nothing', async (_, more, body, message) => {
    const repository = newRepository();

    const answer = await reports.upload(repository, body, more);

    expect([413, 422]).toContain(answer.status);
    expect(answer.body.detail).toMatch(message);
    expect(await progress(repository)).toMatchObject({ known: false });
  });

  it('names the place of what is malformed', async () => {
    const { status, body } = await reports.upload(
      newRepository(),
      Buffer.from('{"version":"2.1.0","runs":[{"results":[{"ruleId":"a"},\n oops]}]}'),
    );

    expect(status).toBe(422);
    expect(body.errors).toEqual([
      { pointer: expect.stringMatching(/^\/runs\/0\/results/), detail: expect.stringContaining('line 2, column 2') },
    ]);
  });

  it('counts what cannot be read, and what can', async () => {
    const leak = { RuleID: 'r', File: 'a.env', StartLine: 1, Match: 'x' };

    const { body } = await reports.upload(newRepository(), [leak, { RuleID: 'no file' }, leak], '&format=gitleaks');

    expect(await reports.report(body.id)).toMatchObject({ reported: 3, accepted: 2, rejected: [{ pointer: '/1' }], tool: 'gitleaks' });
  });

  it('keeps no secret: neither what it calls one, nor what its texts quote', async () => {
    const repository = newRepository();
    const leaks = [
      {
        RuleID: 'github-pat',
        File: '/builds/acme/shop/a.env',
        StartLine: 3,
        Match: `T=${secret}`,
        Secret: secret,
        Description: `found ${secret}`,
      },
    ];
    const quoting = sarif(1, { message: { text: `uses ${secret}` } });

    const answers = [await reports.upload(repository, leaks), await reports.upload(repository, quoting)];

    const received = await eventually(async () => {
      const told = await reports.facts<EvidenceReceived>('evidence.received', repository);
      if (told.length < 2) throw new Error('not told yet');
      return told;
    }, patienceMs);
    const [leak] = await lines(received[0]!.report);
    expect(leak!['finding']).toMatchObject({
      secret: { scheme: expect.stringContaining('hmac-v1'), preview: 'ghp_… (40 characters)' },
      location: { path: 'a.env', line: 3 },
    });
    expect(JSON.stringify(await lines(received[1]!.report))).not.toContain(secret);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    for (const folder of folders) expect(filesWith(folder, secret)).toEqual([]);
  });
});

describe('the same report again', () => {
  it('is not read again, and is applied again', async () => {
    const repository = newRepository();
    const first = await reports.upload(repository, sarif(2));
    const [received] = await eventually(
      async () => some(await reports.facts<EvidenceReceived>('evidence.received', repository)),
      patienceMs,
    );

    const during = await reports.upload(repository, sarif(2));
    await evaluated(received!, { opened: 2 });
    await eventually(async () => expect((await reports.report(first.body.id)).status).toBe('done'), patienceMs);
    const after = await reports.upload(repository, sarif(2));

    expect(during.body).toMatchObject({ id: first.body.id, sameAs: first.body.id });
    expect(after.body).toMatchObject({ sameAs: first.body.id });
    expect(after.body.id).not.toBe(first.body.id);
    expect(await reports.report(after.body.id)).toMatchObject({ accepted: 2, seq: 2 });
  });
});

describe('a report that is quicker than the news of its push', () => {
  it('counts on the line on which its commit is judged by the time that it is told', async () => {
    const repository = newRepository();
    const database = service.get(Database);
    const plan = randomUUID();
    await database.rows('insert into repository (id) values ($1)', [repository]);
    await database.rows('insert into plan (id, repository, commit_id) values ($1, $2, $3)', [plan, repository, commit]);
    const answer = await database.transaction(async (tx) => {
      await rows(tx, 'select id from plan where id = $1 for update', [plan]);
      const sent = reports.upload(repository, sarif(1));
      await eventually(async () => {
        const waiting = await database.rows("select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%from plan%'");
        expect(waiting).toHaveLength(1);
      }, patienceMs);
      await rows(
        tx,
        `insert into evidence_request (id, plan_id, ref, via, baseline, rescan, position, cause)
         values ($1, $2, 'refs/heads/topic', '{}', false, false, 7, '{}')`,
        [randomUUID(), plan],
      );
      return () => sent;
    });

    expect((await answer()).status).toBe(202);
    const [received] = await eventually(
      async () => some(await reports.facts<EvidenceReceived>('evidence.received', repository)),
      patienceMs,
    );
    expect(received).toMatchObject({ subject: { ref: 'refs/heads/topic' }, lineage: { line: 'refs/heads/topic' } });
  });
});

describe('a large report', () => {
  it('is answered at once and read behind the answer, from a sealed file that goes away', async () => {
    const repository = newRepository();
    const body = Buffer.from(JSON.stringify(sarif(9_000, { message: { text: `uses ${secret}` } })));

    const answer = await reports.upload(repository, body, '', { streamed: true });

    expect(body.length).toBeGreaterThan(1024 * 1024);
    expect(answer).toMatchObject({ status: 202, body: { status: 'queued' } });
    for (const folder of folders) expect(filesWith(folder, secret)).toEqual([]);
    await eventually(
      async () => expect(await reports.report(answer.body.id)).toMatchObject({ status: 'running', accepted: 9_000 }),
      patienceMs,
    );
    await eventually(() => expect(readdirSync(join(folders[1]!, 'uploads'))).toEqual([]), patienceMs);
  });

  it('that turns out malformed fails with the place, and closes its item', async () => {
    const repository = newRepository();
    const body = Buffer.from(JSON.stringify(sarif(9_000)).slice(0, -40));

    const answer = await reports.upload(repository, body, '', { streamed: true });

    const failed = await eventually(async () => {
      const now = await reports.report(answer.body.id);
      if (now.status !== 'failed') throw new Error(now.status);
      return now;
    }, patienceMs);
    expect(failed.failure).toMatch(/ends in the middle.*line 1, column/);
    const [refused] = await eventually(async () => some(await reports.facts<EvidenceRefused>('evidence.refused', repository)), patienceMs);
    expect(refused).toMatchObject({ seq: 1, reason: failed.failure });
    expect(await progress(repository)).toMatchObject({ open: 0 });
  });

  it('beyond the limit is refused', async () => {
    const answer = await reports.upload(newRepository(), Buffer.from(JSON.stringify(sarif(60_000))), '', { streamed: true });

    expect(answer.status).toBe(413);
  });
});

describe('a parked report', () => {
  it('shows what it would close and closes it when a person with the right agrees', async () => {
    const repository = newRepository();
    const { body } = await reports.upload(repository, sarif(1), '&complete=true&scope=api');
    const [received] = await eventually(
      async () => some(await reports.facts<EvidenceReceived>('evidence.received', repository)),
      patienceMs,
    );
    expect(received).toMatchObject({ coverage: { scope: 'api', complete: true } });
    await evaluated(received!, { parked: { wouldResolve: 5, open: 6 } });
    await eventually(
      async () => expect(await reports.report(body.id)).toMatchObject({ status: 'parked', parked: { wouldResolve: 5, open: 6 } }),
      patienceMs,
    );

    const refused = await door.call('POST', `/api/v1/reports/${body.id}/confirm`, { user: { rights: ['reports:write'] } });
    const agreed = await door.call<Report>('POST', `/api/v1/reports/${body.id}/confirm`);

    expect(refused.status).toBe(403);
    expect(agreed).toMatchObject({ status: 202, body: { status: 'running', confirmedBy: 'admin' } });
    const confirmed = await eventually(async () => {
      const told = (await reports.facts<EvidenceReceived>('evidence.received', repository)).find((fact) => fact.confirmed);
      if (!told) throw new Error('not told yet');
      return told;
    }, patienceMs);
    await evaluated(confirmed, { resolved: 5 });
    await eventually(async () => expect(await reports.report(body.id)).toMatchObject({ status: 'done', resolved: 5 }), patienceMs);
    expect((await door.call('POST', `/api/v1/reports/${body.id}/confirm`)).status).toBe(409);
  });
});

describe('what a caller may', () => {
  it('ends at the repositories of the own team: others are answered like absent ones', async () => {
    const [ours, theirs] = [newRepository(), newRepository()];
    const database = service.get(Database);
    await database.rows(`insert into repository (id, registered_application) values ($1, 'shop'), ($2, 'bank')`, [ours, theirs]);

    const own = await reports.upload(ours, sarif(1), '', { user: teamA });
    const foreign = await reports.upload(theirs, sarif(1), '', { user: teamA });
    const absent = await reports.upload(newRepository(), sarif(1), '', { user: teamA });

    expect(own.status).toBe(202);
    expect(foreign.status).toBe(404);
    expect(foreign.body.detail).toBe(absent.body.detail);
    const stranger = { user: { applications: ['bank'] } };
    expect((await door.call('GET', `/api/v1/reports/${own.body.id}`, stranger)).status).toBe(404);
    expect((await door.call<Page<Report>>('GET', '/api/v1/reports', stranger)).body.items).toEqual([]);
    expect((await door.call<Page<Report>>('GET', '/api/v1/reports?format=sarif&limit=1', { user: teamA })).body.items).toHaveLength(1);
  });

  it('does not go as far as removing a report', async () => {
    const { body } = await reports.upload(newRepository(), sarif(1));

    expect(await door.call('DELETE', `/api/v1/reports/${body.id}`)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('complete one') },
    });
  });

  it.each([
    ['complete=perhaps', '/complete'],
    ['commit=short', '/commit'],
    ['pullRequest=x', '/pullRequest'],
    ['colour=red', '/colour'],
  ])('is told about %s', async (query, pointer) => {
    const path = `/api/v1/reports?repository=git.example/a/b&${query}`;

    const { status, body } = await door.call<{ errors: { pointer: string }[] }>('POST', path, { body: sarif(1) });

    expect(status).toBe(400);
    expect(body.errors.map((error) => error.pointer)).toContain(pointer);
  });
});

function some<T>(found: T[]): T[] {
  if (found.length === 0) throw new Error('nothing yet');
  return found;
}

function filesWith(folder: string, text: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(text));
}
