import type { Bar, Bench, Row } from './bench.ts';

/** The rows of a benchmark as people read them. */
export function tableOf(bench: Bench, rows: readonly Row[]): string {
  const [head, ...lines] = cellsOf(bench, rows);
  const widths = head!.map((_, column) => Math.max(...[head!, ...lines].map((line) => line[column]!.length)));
  const aligned = [head!, ...lines].map((line) =>
    line
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  const { name, decides, peer } = bench;
  const title = `${name}: ${decides}${peer ? `\nbeside: ${peer}` : ''}`;
  return `${title}\n${aligned.map((line) => `  ${line}\n`).join('')}`;
}

/** The same for `docs/benchmarks.md`. */
export function markdownOf(bench: Bench, rows: readonly Row[]): string {
  const [head, ...lines] = cellsOf(bench, rows);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return `### ${bench.name}\n\n${line(head!)}${line(head!.map((_, column) => (column < 2 ? '---' : '--:')))}${lines.map(line).join('')}`;
}

function cellsOf({ peer, bars = [] }: Bench, rows: readonly Row[]): string[][] {
  const head = ['', '', 'ours', ...(peer ? ['peer', 'ours/peer'] : []), ...(bars.length > 0 ? ['bar'] : [])];
  const lines = rows.map((row, index) => [
    row.of === rows[index - 1]?.of ? '' : row.of,
    row.metric,
    shown(row.ours),
    ...(peer ? [row.peer === undefined ? '' : shown(row.peer), row.ratio === undefined ? '' : `${shown(row.ratio)}x`] : []),
    ...(bars.length > 0 ? [bars.flatMap((bar) => standing(bar, row)).join(', ')] : []),
  ]);
  return [head, ...lines];
}

/** What a row had to reach, and whether it did. */
function standing({ of, metric, most, least, ratio }: Bar, row: Row): string[] {
  if (!row.of.includes(of) || row.metric !== metric) return [];
  const value = ratio ? (row.ratio ?? Number.NaN) : row.ours;
  const met = value <= (most ?? Infinity) && value >= (least ?? -Infinity);
  const asked = most === undefined ? `≥ ${least}` : `≤ ${most}`;
  return [`${asked}${ratio ? 'x' : ''} ${met ? 'met' : 'not met'}`];
}

/** Three digits that count. */
function shown(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 1e-9))));
  return value.toFixed(Math.min(digits, 4));
}
