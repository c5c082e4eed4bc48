import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCache, projectRoot } from '../../launcher/paths.mjs';
import { installScanners } from '../../launcher/start/scanners.mjs';

/**
 * Scanners that nobody gets unasked and that a part of the tests needs, installed as `throughline scanners add` does it, once
 * per machine.
 * @typedef {{ title: string, scanners: string[] }} ScannersPart
 */

/**
 * @param {ScannersPart} part @param {{ within: number }} options milliseconds that are left for it
 * @returns {Promise<string>} the folder with the tools
 */
export async function scannersOf({ scanners }, { within }) {
  const data = join(makeCache(), 'test-scanners');
  mkdirSync(data, { recursive: true, mode: 0o755 });
  const wishes = scanners.flatMap((name) => ['--add', name]);
  const exit = await installScanners({ data, code: projectRoot }, AbortSignal.timeout(within), wishes);
  if (exit !== 0) throw new Error(`the installer ended with ${exit}`);
  const states = JSON.parse(readFileSync(join(data, 'tools', 'installed.json'), 'utf8'));
  const missing = scanners.filter((name) => states[name]?.state !== 'installed');
  if (missing.length > 0) throw new Error(missing.map((name) => `${name}: ${states[name]?.reason ?? 'not installed'}`).join('\n'));
  return join(data, 'tools');
}
