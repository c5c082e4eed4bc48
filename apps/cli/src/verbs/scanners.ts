import type { Page, ScannerState } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { paint, plain, say, show, showJson } from '../terminal.ts';

/** Lists the scanners: which run here, which do not and why, and which can be asked for. */
export async function listScanners(api: Api, json: boolean): Promise<void> {
  const page = await api.get<Page<ScannerState>>('scanners', {});
  if (json) return showJson(page);
  for (const scanner of page.items) show(scannerLine(scanner));
  const heavy = page.items.find(({ state }) => state === 'not_added');
  if (heavy) say(`To have one that is not added: npx throughline scanners add ${plain(heavy.tool ?? heavy.name)}`);
}

function scannerLine({ name, version, state, finds, reason, megabytes, tool, canary }: ScannerState): string {
  const size = megabytes === undefined ? '' : `, ${megabytes} MB`;
  const how = {
    ready: () => paint(canary === 'failed' ? 'red' : 'dim', canary === 'failed' ? 'misses its canary' : `ready${size}`),
    unavailable: () => `${paint('red', 'unavailable')}: ${plain(reason ?? '')}`,
    not_added: () => paint('dim', `not added (${plain(tool ?? name)}${size})`),
  };
  return `${plain(name).padEnd(16)} ${plain(version ?? '').padEnd(10)} ${finds.map(plain).join(', ').padEnd(24)} ${how[state]()}`;
}
