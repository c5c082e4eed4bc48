import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { EvidencePlanned, EvidenceReceived } from '@throughline/contracts';
import { runService, type RunningService } from '@throughline/service';
import { Broker, eventually, infra, SignedCaller, type Infra, type Platform, type SignedCall } from '@throughline/testing';
import { commit, newRepository, ReportDoor } from '../fixtures/report-door.ts';
import { testTools } from '../fixtures/test-tools.ts';
import definition from '../service.ts';

let held: Infra;
let platform: Platform;
let service: RunningService;
let door: SignedCaller;
let reports: ReportDoor;

beforeAll(async () => {
  held = await infra();
  platform = await held.fresh(['scanner-orchestrator', 'ledger', 'gateway'], { topics: ['change', 'evidence', 'finding', 'policy'] });
  service = await runService(definition, { ...platform.environment('scanner-orchestrator'), TOOLS_DIR: await testTools() });
  door = new SignedCaller(service, platform);
  reports = new ReportDoor(door, new Broker(held), platform);
}, 300_000);

afterAll(async () => {
  await service?.close();
  await platform?.remove();
});

jest.setTimeout(120_000);

const sarif = {
  version: '2.1.0',
  runs: [{ results: [{ ruleId: 'EX001', message: { text: 'run() gets input' } }], tool: { driver: { name: 'ExampleLint', rules: [] } } }],
};

describe('a report of a CI job', () => {
  const of = (repository: string, more: object = {}): SignedCall => ({
    user: { id: 'job', name: 'GitHub Actions', bound: { repository, commit, ref: 'refs/heads/main', ...more } },
  });

  it('is bound to the commit of the job, and so are the facts about it', async () => {
    const repository = newRepository();

    const { status, body } = await reports.upload(repository, sarif, '', of(repository));

    expect(status).toBe(202);
    expect(await reports.report(body.id)).toMatchObject({ assurance: 'bound', ref: 'refs/heads/main', uploadedBy: 'GitHub Actions' });
    const [planned] = await eventually(async () => {
      const found = await reports.facts<EvidencePlanned>('evidence.planned', repository);
      expect(found.length).toBeGreaterThan(0);
      return found;
    });
    expect(planned!.items).toEqual([expect.objectContaining({ assurance: 'bound' })]);
    expect(planned!.items[0]).not.toHaveProperty('changeOnly');
  });

  it('says where it counts for the change gate only, with the reason', async () => {
    const repository = newRepository();

    const { body } = await reports.upload(repository, sarif, '', of(repository, { changeOnly: 'it runs on pull_request_target' }));

    expect(await reports.report(body.id)).toMatchObject({ assurance: 'bound', changeOnly: 'it runs on pull_request_target' });
    const [received] = await eventually(async () => {
      const found = await reports.facts<EvidenceReceived>('evidence.received', repository);
      expect(found.length).toBeGreaterThan(0);
      return found;
    });
    const [planned] = await reports.facts<EvidencePlanned>('evidence.planned', repository);
    expect([received!.changeOnly, planned!.items[0]!.changeOnly]).toEqual([true, true]);
  });

  it.each([
    ['another repository', 'git.example/reports/other', ''],
    ['another branch', undefined, '&branch=release'],
    ['a change request', undefined, '&pullRequest=3'],
  ])('is refused for %s, with the reason', async (_, repository, more) => {
    const own = newRepository();

    const { status, body } = await reports.upload(repository ?? own, sarif, more, of(own));

    expect([status, body.detail]).toEqual([403, expect.stringContaining(`speaks for ${own} at ${commit}`)]);
    expect(await reports.facts('evidence', repository ?? own)).toEqual([]);
  });

  it('is refused for another commit', async () => {
    const repository = newRepository();
    const job = of(repository, { commit: 'd'.repeat(40) });

    expect(await reports.upload(repository, sarif, '', job)).toMatchObject({ status: 403 });
  });

  it('is read by jobs of its repository only', async () => {
    const repository = newRepository();
    const { body } = await reports.upload(repository, sarif, '', of(repository));
    const read = async (as: SignedCall) => (await door.call('GET', `/api/v1/reports/${body.id}`, as)).status;

    expect([await read(of(repository)), await read(of('git.example/reports/other'))]).toEqual([200, 404]);
    expect((await door.call('GET', '/api/v1/reports', of(repository))).status).toBe(403);
  });
});
