import { describe, expect, it } from '@jest/globals';
import type { Detection } from '@throughline/contracts';
import fc from 'fast-check';
import { applyRun, detectionOver, progressAfter, type AppliedRun, type DetectionChange } from './detection.ts';

interface Scan {
  readonly outcome: 'completed' | 'failed';
  readonly position: number;
  readonly closes: boolean;
  readonly seen: readonly string[];
}

/** A line of development, as the ledger keeps it. */
class Line {
  readonly states = new Map<string, Detection>();
  private progress: { applied?: number; failed?: number } = {};

  apply({ seen, ...scan }: Scan): readonly DetectionChange[] {
    const run: AppliedRun = { ...scan, ...this.progress };
    const changes = applyRun(this.states, new Set(scan.outcome === 'failed' ? [] : seen), run);
    for (const { finding, to } of changes) this.states.set(finding, to);
    this.progress = progressAfter(run);
    return changes;
  }

  sorted(): readonly (readonly [string, Detection])[] {
    return [...this.states].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

const complete = (position: number, ...seen: string[]): Scan => ({ outcome: 'completed', position, closes: true, seen });
const partial = (position: number, ...seen: string[]): Scan => ({ ...complete(position, ...seen), closes: false });
const failed = (position: number): Scan => ({ outcome: 'failed', position, closes: false, seen: [] });
const lineAfter = (...scans: readonly Scan[]): Line => {
  const line = new Line();
  for (const scan of scans) line.apply(scan);
  return line;
};
const stateAfter = (...scans: readonly Scan[]): Detection | undefined => lineAfter(...scans).states.get('f');

describe('applyRun', () => {
  it('opens, resolves and opens again', () => {
    expect(stateAfter(complete(1, 'f'))).toBe('open');
    expect(stateAfter(complete(1, 'f'), complete(2))).toBe('resolved');
    expect(stateAfter(complete(1, 'f'), complete(2), complete(3, 'f'))).toBe('open');
  });

  it('does not close by a run that may not close', () => {
    expect(stateAfter(complete(1, 'f'), partial(2))).toBe('not_seen');
    expect(stateAfter(complete(1, 'f'), partial(2), complete(3))).toBe('resolved');
  });

  it('closes nothing by a failed run', () => {
    expect(stateAfter(complete(1, 'f'), failed(2))).toBe('not_evaluated');
    expect(stateAfter(complete(1, 'f'), failed(2), complete(3, 'f'))).toBe('open');
    expect(stateAfter(complete(1, 'f'), failed(2), complete(3))).toBe('resolved');
  });

  it('does not doubt a commit that was scanned when a repetition fails', () => {
    expect(stateAfter(complete(1, 'f'), failed(1))).toBe('open');
  });

  it('only adds a sighting below the last applied position', () => {
    const line = lineAfter(complete(3, 'g'));

    expect(line.apply(complete(1, 'f', 'g'))).toEqual([{ finding: 'f', to: 'resolved' }]);
    expect(line.apply(complete(2))).toEqual([]);
  });

  it('tells what was withdrawn and what could not be decided from what was fixed', () => {
    const states = new Map<string, Detection>([
      ['a', 'open'],
      ['b', 'open'],
      ['c', 'open'],
    ]);
    const run: AppliedRun = {
      outcome: 'completed',
      position: 2,
      closes: true,
      applied: 1,
      retracted: new Set(['a']),
      undecided: new Set(['b']),
    };

    expect(applyRun(states, new Set(), run).map(({ finding, to }) => [finding, to])).toEqual([
      ['a', 'retracted'],
      ['b', 'not_evaluated'],
      ['c', 'resolved'],
    ]);
  });
});

const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'));
const position = fc.integer({ min: 0, max: 5 });
const anyScan: fc.Arbitrary<Scan> = fc.oneof(
  fc.record({ outcome: fc.constant('completed' as const), position, closes: fc.boolean(), seen: names }),
  position.map(failed),
);

/** Every move that a finding may make on a line, and by what. */
const moves: Readonly<Record<string, readonly string[]>> = {
  complete: ['-open', '-not_evaluated', '-resolved', 'open-resolved', 'not_seen-resolved', 'not_evaluated-resolved'],
  partial: ['-open', '-not_evaluated', '-resolved', 'open-not_seen'],
  failed: ['open-not_evaluated'],
  seenAgain: [
    'resolved-open',
    'not_seen-open',
    'not_evaluated-open',
    'resolved-not_evaluated',
    'not_seen-not_evaluated',
    'open-not_evaluated',
  ],
};

describe('any order of runs', () => {
  it('makes only moves that are possible', () => {
    fc.assert(
      fc.property(fc.array(anyScan, { maxLength: 12 }), (scans) => {
        const line = new Line();
        for (const scan of scans) {
          for (const { finding, from, to } of line.apply(scan)) {
            const kind = scan.outcome === 'failed' ? 'failed' : scan.closes ? 'complete' : 'partial';
            const allowed = [...moves[kind]!, ...(scan.seen.includes(finding) ? moves['seenAgain']! : [])];
            expect(allowed).toContain(`${from ?? ''}-${to}`);
          }
        }
      }),
    );
  });

  it('changes nothing when a run comes again', () => {
    fc.assert(
      fc.property(fc.array(anyScan, { maxLength: 8 }), anyScan, (scans, last) => {
        const line = lineAfter(...scans, last);

        expect(line.apply(last)).toEqual([]);
      }),
    );
  });

  it('ends in the state of the newest of three commits', () => {
    fc.assert(
      fc.property(names, names, names, (one, two, three) => {
        const scans = [complete(1, ...one), complete(2, ...two), complete(3, ...three)];
        const everything = [...new Set([...one, ...two, ...three])].sort();

        const expected = everything.map((finding) => [finding, three.includes(finding) ? 'open' : 'resolved']);

        for (const order of permutations(scans)) expect(lineAfter(...order).sorted()).toEqual(expected);
      }),
    );
  });

  it('ends in the same states when runs fail in between', () => {
    const scan = (at: number): fc.Arbitrary<Scan> =>
      fc.oneof(
        names.map((seen) => complete(at, ...seen)),
        fc.constant(failed(at)),
      );

    fc.assert(
      fc.property(scan(1), scan(2), scan(3), (...scans) => {
        const expected = lineAfter(...scans).sorted();

        for (const order of permutations(scans)) expect(lineAfter(...order).sorted()).toEqual(expected);
      }),
    );
  });
});

describe('a run that says only a part', () => {
  const states = new Map([
    ['a', 'open'],
    ['b', 'resolved'],
  ] as const);

  it('opens what it names and says nothing about the rest', () => {
    const run = { outcome: 'completed', position: 2, applied: 1, closes: false, partial: true } as const;

    expect(applyRun(states, new Set(['b', 'c']), run)).toEqual([
      { finding: 'b', from: 'resolved', to: 'open' },
      { finding: 'c', to: 'open' },
    ]);
  });

  it('does not call fixed what only an older commit has', () => {
    const run = { outcome: 'completed', position: 1, applied: 2, closes: false, partial: true } as const;

    expect(applyRun(states, new Set(['c']), run)).toEqual([{ finding: 'c', to: 'not_seen' }]);
  });
});

describe('detectionOver', () => {
  it('is open as long as one line has it open, and not seen when no line has it', () => {
    expect(detectionOver(['resolved', 'open', 'not_evaluated'])).toBe('open');
    expect(detectionOver(['resolved', 'not_evaluated'])).toBe('not_evaluated');
    expect(detectionOver([])).toBe('not_seen');
  });
});

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
