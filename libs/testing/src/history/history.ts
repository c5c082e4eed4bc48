import { closeSync, openSync, writeSync } from 'node:fs';

/** One line of a history. `ok`: it was acknowledged. `fail`: it had no effect. `info`: nobody knows. */
export interface Entry {
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  /** Who did it: one operation after the other. */
  readonly process: string;
  /** What was done. */
  readonly f: string;
  /** Unique within `f`, where it is not a fault. */
  readonly value: string;
  /** Milliseconds since the run began, by a clock that never jumps. */
  readonly time: number;
  /** Milliseconds since 1970. */
  readonly wall: number;
  readonly error?: string;
  /** Of a fault: what it strikes. */
  readonly victims?: readonly string[];
}

export type Noted = Omit<Entry, 'time' | 'wall'>;

/** What was asked of a system and what became of it, one JSON object a line, appended as it happens. */
export class History {
  readonly entries: Entry[] = [];
  private readonly began = performance.now();
  private readonly file: number;

  constructor(readonly path: string) {
    this.file = openSync(path, 'ax');
  }

  note(noted: Noted): void {
    const entry: Entry = { ...noted, time: Math.round(performance.now() - this.began), wall: Date.now() };
    this.entries.push(entry);
    writeSync(this.file, `${JSON.stringify(entry)}\n`);
  }

  close(): void {
    closeSync(this.file);
  }
}
