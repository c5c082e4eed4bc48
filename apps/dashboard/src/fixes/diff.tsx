import { diffLines } from './diff-lines.ts';

const marks = { added: '+', removed: '−', kept: ' ', hunk: '', file: '' } as const;
const spoken = { added: 'added: ', removed: 'removed: ', kept: '', hunk: '', file: '' } as const;

/** A unified diff as people read it. */
export function Diff({ text }: { readonly text: string }) {
  return (
    <div className="diff mono" role="group" aria-label="Changed lines" tabIndex={0}>
      {diffLines(text).map((line, index) => (
        <div key={index} data-kind={line.kind}>
          <span aria-hidden>{marks[line.kind]}</span>
          <span>
            <span className="unseen">{spoken[line.kind]}</span>
            {line.text}
          </span>
        </div>
      ))}
    </div>
  );
}
