import type { ReactNode } from 'react';
import type { Tone } from './tones.ts';

interface NoticeProps {
  readonly tone: Tone;
  readonly title: string;
  readonly children: ReactNode;
}

/** Something that stands in the way, with the way on. Read out when it appears. */
export function Notice({ tone, title, children }: NoticeProps) {
  return (
    <div className="notice" data-tone={tone} role="alert">
      <p>
        <strong>{title}</strong>
      </p>
      {children}
    </div>
  );
}
