import type { History } from '@throughline/testing';
import type { Played } from './play.ts';

/** Says what happened, and whether all is well. */
export function reported({ struck, verdict }: Played, history: History, tookMs: number): boolean {
  const acknowledged = Map.groupBy(
    history.entries.filter(({ type, f }) => type === 'ok' && f !== 'fault' && f !== 'told'),
    ({ f }) => f,
  );
  const kinds = Map.groupBy(struck, ({ fault }) => fault.kind);
  const lines = [
    '',
    `${struck.length} faults in ${(tookMs / 60_000).toFixed(1)} minutes:`,
    ...[...kinds].map(([kind, all]) => `  ${kind}: ${all.length}`),
    'acknowledged:',
    ...[...acknowledged].map(([f, all]) => `  ${f}: ${all.length}`),
    'messages at receivers outside:',
    `  ${history.entries.filter(({ f }) => f === 'told').length}`,
    'checks:',
    ...Object.entries(verdict).map(([name, values]) => `  ${values.length === 0 ? 'ok ' : 'NOT'}  ${name}${examples(values)}`),
    ...struck.filter(({ error }) => error !== undefined).map(({ fault, error }) => `  NOT  ${fault.name}: ${error}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return Object.values(verdict).every((values) => values.length === 0) && struck.every(({ error }) => error === undefined);
}

function examples(values: readonly string[]): string {
  return values.length === 0 ? '' : `: ${values.length}, such as\n         ${values.slice(0, 5).join('\n         ')}`;
}
