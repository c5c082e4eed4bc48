import { describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import type { ReadLine } from '../reader.ts';
import { readReport } from '../read-report.ts';
import { snyk } from './snyk.ts';

async function read(report: object): Promise<ReadLine[]> {
  const lines: ReadLine[] = [];
  for await (const line of readReport(snyk, () => Readable.from([Buffer.from(JSON.stringify(report))]))) lines.push(line);
  return lines;
}

const issue = {
  id: 'SNYK-DEBIAN11-ZLIB-1',
  title: 'CVE-2022-37434',
  packageName: 'zlib',
  packageManager: 'debian:11',
  version: '1.2.11',
  severity: 'high',
};
const image = { ok: false, dependencyCount: 9, vulnerabilities: [issue], path: 'shop/web' };

describe('a report of Snyk', () => {
  it('says of an image which it is, and of what kind its packages are', async () => {
    expect(await read(image)).toEqual([
      {
        finding: expect.objectContaining({ resource: 'shop/web', vulnerability: expect.objectContaining({ purl: 'pkg:deb/zlib@1.2.11' }) }),
      },
    ]);
  });

  it.each([
    ['one image', (report: object) => report],
    ['a list of images', (report: object) => [report]],
  ])('reads the applications in %s, with their file and their image', async (_, sent) => {
    const inside = { ...issue, packageName: 'express', packageManager: 'npm', version: '4.0.0' };
    const application = { vulnerabilities: [inside], path: 'shop/web:1', packageManager: 'npm', displayTargetFile: '/app/package.json' };

    const lines = await read(sent({ ...image, applications: [application] }));

    expect(lines).toEqual([
      { finding: expect.objectContaining({ resource: 'shop/web' }) },
      {
        finding: expect.objectContaining({
          path: '/app/package.json',
          resource: 'shop/web:1',
          vulnerability: expect.objectContaining({ purl: 'pkg:npm/express@4.0.0' }),
        }),
      },
    ]);
  });

  it('reads an image of which one application could not be tested, but lets it close nothing', async () => {
    const lines = await read({ ...image, applications: [{ error: 'no lock file', path: '/app' }] });

    expect(lines).toEqual(expect.arrayContaining([{ unread: { path: '/app' } }, { finding: expect.anything() }]));
  });

  it('is refused where Snyk could test nothing', async () => {
    const failed = { ok: false, error: 'no supported files', path: '/shop' };

    await expect(read(failed)).rejects.toMatchObject({ code: 'report_refused', place: { pointer: '/error' } });
    await expect(read([failed])).rejects.toMatchObject({ code: 'report_refused', place: { pointer: '/0/error' } });
    expect(await read([image, failed])).toContainEqual({ unread: { path: '/shop' } });
  });

  it('rejects an issue without a package and counts it', async () => {
    const nameless = { ...issue, packageName: undefined };

    expect(await read({ ...image, vulnerabilities: [issue, nameless] })).toContainEqual({
      rejected: { pointer: '/vulnerabilities/1', detail: expect.stringContaining('packageName') },
    });
  });
});
