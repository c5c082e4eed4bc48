import type { Command } from 'commander';
import { compareVersions, parsePurls, scoreVectors, tellAffected } from './verbs/lines.ts';

/** Describes the verbs that read lines from standard input and need no server. */
export function addLines(cli: Command): void {
  const versions = cli.command('versions').description('orders of versions, and what an advisory affects; lines come from standard input');
  versions
    .command('compare')
    .description('lines `a b`: prints -1, 0 or 1, null for what is no version; needs no server')
    .requiredOption('--ecosystem <name>', 'as in OSV (npm, PyPI, Debian:12), or the type of a package URL')
    .action(async (flags: { ecosystem: string }) => compareVersions(flags));
  versions
    .command('affects')
    .description('lines of JSON `{ "osv": {…}, "purl": "…" }`: prints true, false or "unknown"; needs no server')
    .action(async () => tellAffected());
  cli
    .command('purl')
    .description('package URLs')
    .command('parse')
    .description('package URLs, one a line: prints their parts as JSON, null for what is none; needs no server')
    .action(async () => parsePurls());
  cli
    .command('cvss')
    .description('ratings of vulnerabilities')
    .command('score')
    .description('CVSS vectors (2.0, 3.x, 4.0), one a line: prints scores and severity as JSON, null for what is none; needs no server')
    .action(async () => scoreVectors());
}
