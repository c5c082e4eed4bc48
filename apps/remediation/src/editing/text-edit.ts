/** Replaces `text[start, end)`; offsets are UTF-16 units of the text before any edit. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text after all edits; equal edits count once, overlapping ones are a fault of ours. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...new Map(edits.map((edit) => [`${edit.start} ${edit.end} ${edit.text}`, edit])).values()].sort(
    (a, b) => a.start - b.start || a.end - b.end,
  );
  let at = 0;
  let result = '';
  for (const edit of sorted) {
    if (edit.start < at) throw new Error(`two edits overlap at ${edit.start}`);
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
