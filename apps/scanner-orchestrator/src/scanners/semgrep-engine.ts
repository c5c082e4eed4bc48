import type { Tool } from '../tools/tool.ts';
import type { ScanTarget } from './scanner.ts';

/** Semgrep with the rules of njsscan: one program, and who runs it decides by which rules. */
export const semgrepTool: Tool = {
  name: 'semgrep',
  version: '1.172.0',
  installer: 'pip',
  present: 'semgrep/bin/semgrep-core',
  asked: { megabytes: 365 },
};

/**
 * Without /proc the loader does not know where semgrep-core lies, nor the libraries beside it. They are named to it one by
 * one, but for those of the C library: the machine's own fit Python.
 */
const withLibraries = `mkdir /tmp/libs
for lib in "$0"/semgrep/bin/libs/*; do
  case "\${lib##*/}" in libc.*|libm.*|libresolv.*|libpthread.*|libdl.*|librt.*) ;; *) ln -s "$lib" /tmp/libs/ ;; esac
done
exec "$@"`;

/** Runs the rules on the tree: no network, no metrics; `nosemgrep`, ignore files and size limits of its own are not honoured. */
export function semgrepCommand({ python, tool, tree }: ScanTarget, rules: string): readonly string[] {
  return [
    ...['/bin/sh', '-c', withLibraries, tool],
    ...[python, '-s', `${tool}/bin/pysemgrep`, 'scan', `--config=${rules}`, '--json', '--quiet'],
    ...['--metrics=off', '--disable-version-check', '--disable-nosem', '--no-git-ignore', '--no-rewrite-rule-ids', '--jobs=1'],
    ...['--max-target-bytes=0', '--timeout=20', '--timeout-threshold=0', '--x-ignore-semgrepignore-files', tree],
  ];
}

export function semgrepEnvironment({ tool }: ScanTarget): Readonly<Record<string, string>> {
  return {
    PATH: `${tool}/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: '/tmp',
    // It does not start without certificates, though it may not call anybody.
    SSL_CERT_FILE: `${tool}/certifi/cacert.pem`,
    LD_LIBRARY_PATH: '/tmp/libs',
    PYTHONPATH: tool,
    PYTHONDONTWRITEBYTECODE: '1',
    SEMGREP_SEND_METRICS: 'off',
    SEMGREP_SETTINGS_FILE: '/tmp/semgrep.yml',
    SEMGREP_LOG_FILE: '/tmp/semgrep.log',
    OTEL_SDK_DISABLED: 'true',
  };
}

export const semgrepUnread = 'Semgrep cannot read this file: it was not checked';
