export interface DiffLine {
  readonly kind: 'file' | 'hunk' | 'added' | 'removed' | 'kept';
  readonly text: string;
}

/** A unified diff, line by line: the two lines that name a file become one, the lines of a hunk are counted, not guessed. */
export function diffLines(diff: string): DiffLine[] {
  const shown: DiffLine[] = [];
  let left = { old: 0, new: 0 };
  for (const line of diff.replace(/\n$/, '').split('\n')) {
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (left.old > 0 || left.new > 0) {
      const mark = line[0];
      left = { old: left.old - (mark === '+' || mark === '\\' ? 0 : 1), new: left.new - (mark === '-' || mark === '\\' ? 0 : 1) };
      shown.push({ kind: mark === '+' ? 'added' : mark === '-' ? 'removed' : 'kept', text: line.slice(1) });
    } else if (hunk) {
      left = { old: Number(hunk[1] ?? 1), new: Number(hunk[2] ?? 1) };
      shown.push({ kind: 'hunk', text: line });
    } else if (line.startsWith('+++ ')) {
      shown.push({ kind: 'file', text: line.slice(4).replace(/^b\//, '') });
    }
  }
  return shown;
}
