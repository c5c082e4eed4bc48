import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zipOf } from '@throughline/testing';
import type { OsvRecord } from '@throughline/versions';

const run = promisify(execFile);

export type Advisory = OsvRecord & { readonly id: string; readonly aliases?: readonly string[] };

/** A component of an SBOM. */
export interface Bill {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}

interface Scanned {
  readonly results?: readonly {
    readonly packages: readonly {
      readonly package: { readonly name: string; readonly version: string; readonly ecosystem: string };
      readonly vulnerabilities?: readonly { readonly id: string }[];
    }[];
  }[];
}

/** The scanner of the OSV project, offline. Its command is `OSV_SCANNER`, or `osv-scanner` where one is on the path. */
export class OsvScanner {
  private readonly folder: string;
  private readonly command = process.env['OSV_SCANNER'] ?? 'osv-scanner';

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Undefined where there is none: `go install github.com/google/osv-scanner/cmd/osv-scanner@v1.9.2` makes one. */
  async version(): Promise<string | undefined> {
    return run(this.command, ['--version']).then(
      ({ stdout }) => /version: (\S+)/.exec(stdout)?.[1],
      () => undefined,
    );
  }

  /** Writes the advisories as the archives that it keeps, and the SBOM. Ranges of commits are left out: at one it stops reading the ranges. */
  prepare(advisories: readonly Advisory[], bills: readonly Bill[]): void {
    for (const ecosystem of new Set(bills.map((bill) => bill.ecosystem))) {
      const about = advisories.filter(({ affected = [] }) => affected.some((entry) => entry.package?.ecosystem === ecosystem));
      mkdirSync(join(this.folder, 'osv-scanner', ecosystem), { recursive: true });
      const files = Object.fromEntries(about.map((advisory) => [`${advisory.id}.json`, JSON.stringify(withoutCommits(advisory))]));
      writeFileSync(join(this.folder, 'osv-scanner', ecosystem, 'all.zip'), zipOf(files));
    }
    const components = bills.map(({ name, version, purl }) => ({ type: 'library', name, version, purl }));
    writeFileSync(
      join(this.folder, 'bom.cdx.json'),
      JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, components }),
    );
  }

  /** Scans the SBOM: what it finds, and the processor time that it took. */
  async scan(): Promise<{ readonly found: ReadonlySet<string>; readonly cpuMs: number }> {
    const answer = join(this.folder, 'answer.json');
    const args = ['scan', '--experimental-offline', '--experimental-local-db-path', this.folder, '--format', 'json'];
    const all = [...args, '--sbom', join(this.folder, 'bom.cdx.json')];
    // It ends with 1 when it finds something.
    const { stdout } = await run('sh', ['-c', '"$@" > "$0" 2>/dev/null; code=$?; times; [ $code -le 1 ]', answer, this.command, ...all]);
    return { found: foundIn(JSON.parse(readFileSync(answer, 'utf8')) as Scanned), cpuMs: childrenMs(stdout) };
  }
}

function withoutCommits(advisory: Advisory): Advisory {
  const affected = (advisory.affected ?? []).map((entry) => ({
    ...entry,
    ranges: entry.ranges?.filter(({ type }) => type !== 'GIT') ?? [],
  }));
  return { ...advisory, affected };
}

/** `ecosystem name version advisory` of each. */
function foundIn({ results = [] }: Scanned): ReadonlySet<string> {
  return new Set(
    results.flatMap(({ packages }) =>
      packages.flatMap(({ package: { ecosystem, name, version }, vulnerabilities = [] }) =>
        vulnerabilities.map(({ id }) => `${ecosystem} ${name} ${version} ${id}`),
      ),
    ),
  );
}

/** The second line of `times` (POSIX shell): `0m28.100000s 0m0.400000s`, user and system. */
function childrenMs(times: string): number {
  const spent = times.trim().split('\n')[1]!.split(' ');
  return spent.reduce((sum, one) => {
    const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(one)!;
    return sum + Number(minutes) * 60_000 + Number(seconds) * 1000;
  }, 0);
}
