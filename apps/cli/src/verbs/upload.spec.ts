import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakePlatform } from '../fixtures/fake-platform.ts';
import { exitCodeOfReport, upload } from './upload.ts';

describe('throughline upload', () => {
  let platform: FakePlatform;
  let file: string;
  let statuses: string[];
  let refusal: { status: number; detail: string } | undefined;

  beforeEach(async () => {
    statuses = ['running', 'done'];
    refusal = undefined;
    platform = await FakePlatform.start(({ method }) => {
      if (refusal) return [refusal.status, refusal];
      const status = method === 'POST' ? 'running' : (statuses.length > 1 ? statuses.shift() : statuses[0])!;
      return [200, { id: 'r1', status, tool: 't', format: 'sarif', accepted: 2, reported: 2, rejected: [], opened: 2 }];
    });
    file = await platform.write('report.sarif', '{"version":"2.1.0","runs":[]}');
  });
  afterEach(() => platform.stop());

  const flags = { repository: 'git.example/a/b', commit: 'c'.repeat(40), format: 'auto' };

  it('sends the file as it is, with what was said about it, and waits for the findings', async () => {
    const code = await upload(platform.api(), file, { ...flags, complete: true, scope: 'api', wait: true, json: true });

    expect(code).toBe(0);
    const [received] = platform.asked;
    expect(received!.body).toBe('{"version":"2.1.0","runs":[]}');
    expect(Object.fromEntries(new URL(received!.path, 'http://x').searchParams)).toEqual({ ...flags, complete: 'true', scope: 'api' });
    expect(JSON.parse(platform.printed)).toMatchObject({ id: 'r1', status: 'done', opened: 2 });
  });

  it.each([
    [422, 2],
    [404, 2],
    [403, 4],
    [503, 3],
  ])('ends with its own exit code when it is answered %i', async (status, exitCode) => {
    refusal = { status, detail: 'no' };

    await expect(upload(platform.api(), file, flags)).rejects.toMatchObject({ exitCode });
  });

  it('refuses what is no file', async () => {
    await expect(upload(platform.api(), platform.folder, flags)).rejects.toMatchObject({ exitCode: 2 });
  });

  it.each([
    ['done', 0],
    ['parked', 0],
    ['failed', 2],
    ['running', 3],
  ] as const)('ends for %s with %i', (status, code) => {
    expect(exitCodeOfReport({ status })).toBe(code);
  });
});
