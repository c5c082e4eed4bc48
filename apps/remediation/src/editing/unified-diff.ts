const context = 3;
const maxEdits = 4_000;

interface Step {
  readonly kind: 'same' | 'removed' | 'added';
  /** Index of the line in the old text (same, removed) or in the new one (added). */
  readonly line: string;
}

/** A unified diff as `git apply` takes it; empty for equal texts. Throws when more than some thousand lines differ. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const steps = stepsBetween(linesOf(before), linesOf(after));
  return `--- a/${path}\n+++ b/${path}\n${hunksOf(steps).join('')}`;
}

/** Lines with their ends, so that a missing last line break is a difference of its own. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function stepsBetween(old: readonly string[], now: readonly string[]): readonly Step[] {
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  const same = (line: string): Step => ({ kind: 'same', line });
  return [
    ...old.slice(0, head).map(same),
    ...shortest(old.slice(head, old.length - tail), now.slice(head, now.length - tail)),
    ...old.slice(old.length - tail).map(same),
  ];
}

/** The shortest edit script (E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986). */
function shortest(old: readonly string[], now: readonly string[]): readonly Step[] {
  const reach = new Map<number, number>([[1, 0]]);
  const history: ReadonlyMap<number, number>[] = [];
  for (let edits = 0; edits <= Math.min(maxEdits, old.length + now.length); edits += 1) {
    history.push(new Map(reach));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = startOf(reach, diagonal, edits);
      while (x < old.length && x - diagonal < now.length && old[x] === now[x - diagonal]) x += 1;
      reach.set(diagonal, x);
      if (x >= old.length && x - diagonal >= now.length) return walkBack(history, old, now);
    }
  }
  throw new RangeError(`more than ${maxEdits} lines differ`);
}

function startOf(reach: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  const down = diagonal === -edits || (diagonal !== edits && reach.get(diagonal - 1)! < reach.get(diagonal + 1)!);
  return down ? reach.get(diagonal + 1)! : reach.get(diagonal - 1)! + 1;
}

function walkBack(history: readonly ReadonlyMap<number, number>[], old: readonly string[], now: readonly string[]): readonly Step[] {
  const steps: Step[] = [];
  let x = old.length;
  let y = now.length;
  for (let edits = history.length - 1; edits >= 0; edits -= 1) {
    const reach = history[edits]!;
    const diagonal = x - y;
    const down = diagonal === -edits || (diagonal !== edits && (reach.get(diagonal - 1) ?? -1) < (reach.get(diagonal + 1) ?? -1));
    const from = down ? diagonal + 1 : diagonal - 1;
    const fromX = edits === 0 ? 0 : reach.get(from)!;
    const fromY = edits === 0 ? 0 : fromX - from;
    const startX = edits === 0 ? 0 : down ? fromX : fromX + 1;
    while (x > startX && y > 0 && old[x - 1] === now[y - 1]) {
      steps.push({ kind: 'same', line: old[x - 1]! });
      x -= 1;
      y -= 1;
    }
    if (edits === 0) break;
    steps.push(down ? { kind: 'added', line: now[y - 1]! } : { kind: 'removed', line: old[x - 1]! });
    x = fromX;
    y = fromY;
  }
  return steps.reverse();
}

function hunksOf(steps: readonly Step[]): readonly string[] {
  const changed = steps.flatMap((step, index) => (step.kind === 'same' ? [] : [index]));
  const ranges: { from: number; to: number }[] = [];
  for (const index of changed) {
    const last = ranges.at(-1);
    if (last && index - last.to <= 2 * context + 1) last.to = index;
    else ranges.push({ from: index, to: index });
  }
  const counts = countsBefore(steps);
  return ranges.map(({ from, to }) => hunk(steps, counts, Math.max(0, from - context), Math.min(steps.length, to + 1 + context)));
}

function countsBefore(steps: readonly Step[]): readonly { old: number; now: number }[] {
  const counts = [{ old: 0, now: 0 }];
  for (const { kind } of steps) {
    const { old, now } = counts.at(-1)!;
    counts.push({ old: old + (kind === 'added' ? 0 : 1), now: now + (kind === 'removed' ? 0 : 1) });
  }
  return counts;
}

function hunk(steps: readonly Step[], counts: readonly { old: number; now: number }[], from: number, to: number): string {
  const [start, end] = [counts[from]!, counts[to]!];
  const range = (first: number, length: number): string =>
    length === 1 ? `${first + 1}` : `${length === 0 ? first : first + 1},${length}`;
  const head = `@@ -${range(start.old, end.old - start.old)} +${range(start.now, end.now - start.now)} @@\n`;
  const signs = { same: ' ', removed: '-', added: '+' } as const;
  const body = steps
    .slice(from, to)
    .map(({ kind, line }) => (line.endsWith('\n') ? `${signs[kind]}${line}` : `${signs[kind]}${line}\n\\ No newline at end of file\n`));
  return head + body.join('');
}
