import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../../..');

/** Installs the pinned scanners once per machine, where every user of the sandbox can read them; answers the folder. */
export function installedScanners(): string {
  const base = process.getuid?.() === 0 ? '/var/lib/throughline' : join(process.env['HOME'] ?? '/tmp', '.cache', 'throughline');
  const folder = join(base, 'test-tools');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const program = join(root, 'apps/scanner-orchestrator/dist/install-tools.js');
  execFileSync(process.execPath, [program, '--dir', folder], { stdio: 'inherit', timeout: 300_000 });
  return folder;
}
