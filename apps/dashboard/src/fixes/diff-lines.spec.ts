import { diffLines } from './diff-lines.ts';

const diff = `--- a/package.json
+++ b/package.json
@@ -4,3 +4,3 @@
   "private": true,
-    "lodash": "4.17.20"
+    "lodash": "4.17.21"
 }
--- a/notes.txt
+++ b/notes.txt
@@ -1,2 +1,2 @@
--- a line that looks like a header
+++ and another
 same
`;

describe('the lines of a diff', () => {
  it('tell files, hunks and what is added and removed', () => {
    expect(diffLines(diff).slice(0, 6)).toEqual([
      { kind: 'file', text: 'package.json' },
      { kind: 'hunk', text: '@@ -4,3 +4,3 @@' },
      { kind: 'kept', text: '  "private": true,' },
      { kind: 'removed', text: '    "lodash": "4.17.20"' },
      { kind: 'added', text: '    "lodash": "4.17.21"' },
      { kind: 'kept', text: '}' },
    ]);
  });

  it('does not take a changed line for the head of a file', () => {
    expect(
      diffLines(diff)
        .slice(6)
        .map(({ kind }) => kind),
    ).toEqual(['file', 'hunk', 'removed', 'added', 'kept']);
  });
});
