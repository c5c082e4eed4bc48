/** The tool cannot be had on this machine; the message says why and what to do. */
export class InstallFailed extends Error {
  readonly code = 'install_failed';
}

/** Of what a program wrote, the line that tells why it failed. */
export function lastLine(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => /error/i.test(line) && !line.includes('complete log of this run'));
  return (telling.at(-1) ?? lines.filter((line) => line !== '').at(-1) ?? 'no output').slice(0, 300);
}
