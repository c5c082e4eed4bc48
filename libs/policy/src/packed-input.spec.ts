import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from './canonical.ts';
import { evaluator, type Input } from './input.ts';
import { packInput, unpackInput } from './packed-input.ts';
import { sampleFacts, sampleFinding } from './samples.ts';
import { toleranceOf, unassigned } from './tolerance.ts';

const old = Array.from({ length: 1200 }, (_, index) => sampleFinding({ id: `f${String(index).padStart(5, '0')}`, new: false }));

function input(findings = old, at = '2026-11-17T15:00:00Z'): Input {
  return { facts: sampleFacts({ findings }), tolerance: toleranceOf(unassigned), waivers: [], at, evaluator };
}

const bodies = (packed: ReturnType<typeof packInput>): Map<string, string> =>
  new Map(packed.pages.map(({ digest, body }) => [digest, body]));

describe('a packed input', () => {
  it('is restored as it was', () => {
    const before = input([...old, sampleFinding({ id: 'n1', severity: 'critical' })]);
    const packed = packInput(before);

    const after = unpackInput(packed.skeleton, bodies(packed));

    expect(canonicalJson(after)).toBe(canonicalJson(before));
    expect(packInput(after).digest).toBe(packed.digest);
  });

  it('shares the pages of what did not change', () => {
    const first = packInput(input());
    const second = packInput(input([...old, sampleFinding({ id: 'n1' })]));

    expect(first.pages).toHaveLength(3);
    expect(second.pages.filter(({ digest }) => bodies(first).has(digest))).toHaveLength(3);
    expect(second.pages).toHaveLength(4);
  });

  it('has another digest at another time, and the same knowledge', () => {
    const [first, second] = [packInput(input()), packInput(input(old, '2026-11-18T15:00:00Z'))];

    expect(second.digest).not.toBe(first.digest);
    expect(second.known).toBe(first.known);
  });

  it('is not restored from a page that is missing or was changed', () => {
    const packed = packInput(input());
    const [page] = packed.pages;

    expect(() => unpackInput(packed.skeleton, new Map())).toThrow('is not kept any more');
    expect(() => unpackInput(packed.skeleton, bodies(packed).set(page!.digest, '[]'))).toThrow('has another content');
  });
});
