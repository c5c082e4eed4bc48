import { satisfies } from '@renovatebot/pep440';
import { admits } from './constraint.ts';
import { extrasIn, holds, writtenMarker, type Machine, type Marker } from './marker.ts';

const none: ReadonlySet<string> = new Set();
const newest = 16;

const systems = [
  { os_name: 'posix', sys_platform: 'linux', platform_system: 'Linux' },
  { os_name: 'posix', sys_platform: 'darwin', platform_system: 'Darwin' },
  { os_name: 'nt', sys_platform: 'win32', platform_system: 'Windows' },
];

const implementations = [
  { implementation_name: 'cpython', platform_python_implementation: 'CPython' },
  { implementation_name: 'pypy', platform_python_implementation: 'PyPy' },
];

/** A set of machines: bit n stands for the n-th. */
export type Mask = bigint;

/**
 * The machines that a project may be installed on, as a sample: each Python that it admits, on each system. What a marker
 * says beyond these (the processor, a kernel's version) may be so or not.
 */
export class Machines {
  readonly all: Mask;
  private readonly list: readonly Readonly<Record<string, string>>[];
  private readonly pythons: readonly string[];
  private readonly isStrict: boolean;
  private readonly known = new Map<string, Mask>();
  private readonly supported = new Map<string, boolean>();

  /** `isStrict`: a release must support every Python of the project, not only the oldest, as Poetry has it. */
  constructor(pythonRange: string, isStrict: boolean) {
    const possible = [...pythonsOf(2, [7]), ...pythonsOf(3, range(3, newest))];
    const admitted = possible.filter((python) => pythonRange === '' || admits(pythonRange, python));
    this.pythons = admitted.length > 0 ? admitted : possible;
    this.isStrict = isStrict;
    this.list = this.pythons.flatMap((python) =>
      systems.flatMap((system) => implementations.map((one) => ({ ...variablesOf(python), ...system, ...one }))),
    );
    this.all = (1n << BigInt(this.list.length)) - 1n;
  }

  /** Where the marker may hold when this extra is asked for; an empty one stands for none. */
  where(marker: Marker | undefined, extra = ''): Mask {
    if (marker === undefined) return this.all;
    const key = `${extra} ${writtenMarker(marker)}`;
    let mask = this.known.get(key);
    if (mask === undefined) {
      mask = this.maskOf(marker, extra === '' ? none : new Set([extra]), (answer) => answer !== false);
      this.known.set(key, mask);
    }
    return mask;
  }

  /** Whether the marker surely holds everywhere. */
  isEverywhere(marker: Marker): boolean {
    return this.surely(marker) === this.all;
  }

  /** Tells of a release's range of Pythons whether it can be installed wherever it is needed. */
  supporting(needed: Mask = this.all): (requiresPython: string) => boolean {
    const perPython = systems.length * implementations.length;
    const used = this.pythons.filter((_, index) => (needed >> BigInt(index * perPython)) & ((1n << BigInt(perPython)) - 1n));
    const asked = this.isStrict ? used : used.slice(0, 1);
    return (requiresPython) => asked.every((python) => this.admitsPython(requiresPython, python));
  }

  /** Where the marker holds for sure when no extra is asked for. */
  surely(marker: Marker): Mask {
    return this.maskOf(marker, none, (answer) => answer === true);
  }

  /** Whether it depends on nothing but what the sample tells apart. */
  isKnown(marker: Marker): boolean {
    return extrasIn(marker).length === 0 && this.maskOf(marker, none, (answer) => answer === undefined) === 0n;
  }

  private admitsPython(requiresPython: string, python: string): boolean {
    const key = `${python} ${requiresPython}`;
    let isAdmitted = this.supported.get(key);
    if (isAdmitted === undefined) {
      isAdmitted = supportsPython(requiresPython, python);
      this.supported.set(key, isAdmitted);
    }
    return isAdmitted;
  }

  private maskOf(marker: Marker, extras: ReadonlySet<string>, counts: (answer: boolean | undefined) => boolean): Mask {
    let mask = 0n;
    this.list.forEach((variables, index) => {
      if (counts(holds(marker, { variables, extras } satisfies Machine))) mask |= 1n << BigInt(index);
    });
    return mask;
  }

  /** The oldest minor version of Python 3, `9` of 3.9; undefined when Python 2 is admitted. */
  oldestMinor(): number | undefined {
    const [major, minor] = this.pythons[0]!.split('.').map(Number);
    return major === 3 ? minor : undefined;
  }
}

/** A range that cannot be read says nothing. */
export function supportsPython(requiresPython: string, python: string): boolean {
  try {
    return satisfies(python, requiresPython, { prereleases: true });
  } catch {
    return true;
  }
}

function pythonsOf(major: number, minors: readonly number[]): string[] {
  return minors.flatMap((minor) => [`${major}.${minor}.0`, `${major}.${minor}.99`]);
}

function variablesOf(python: string): Readonly<Record<string, string>> {
  const minor = python.split('.').slice(0, 2).join('.');
  return { python_version: minor, python_full_version: python, implementation_version: python };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
