import type { Bench, Row } from './bench.ts';

/** The rows of a benchmark as people read them. */
export function tableOf({ name, decides, peer }: Bench, rows: readonly Row[]): string {
  const head = ['', '', 'ours', ...(peer ? ['peer', 'ours/peer'] : [])];
  const lines = rows.map((row, index) => [
    row.of === rows[index - 1]?.of ? '' : row.of,
    row.metric,
    shown(row.ours),
    ...(peer ? [row.peer === undefined ? '' : shown(row.peer), row.ratio === undefined ? '' : `${shown(row.ratio)}x`] : []),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column]!.length)));
  const aligned = [head, ...lines].map((line) =>
    line
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  const title = `${name}: ${decides}${peer ? `\nbeside: ${peer}` : ''}`;
  return `${title}\n${aligned.map((line) => `  ${line}\n`).join('')}`;
}

/** Three digits that count. */
function shown(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 1e-9))));
  return value.toFixed(Math.min(digits, 4));
}
