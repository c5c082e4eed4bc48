import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import {
  evaluator,
  packInput,
  readPolicyValue,
  sampleFacts,
  sampleFinding,
  toleranceOf,
  unassigned,
  type FactFinding,
  type Facts,
} from '@throughline/policy';
import { Evaluations } from './evaluations.ts';
import type { Order, PublishedPolicy } from './orders.ts';

jest.setTimeout(60_000);

const evaluations = new Evaluations();
afterAll(() => evaluations.onApplicationShutdown());

function published(fields: Record<string, unknown>): PublishedPolicy {
  const document = {
    description: 'd',
    gates: ['change'],
    mode: 'enforce',
    severity: 'high',
    message: 'Found {title}',
    fix: 'f',
    ...fields,
  };
  const { document: read, version, digest } = readPolicyValue(document, 1);
  return { document: read, version, digest };
}

function order(facts: Facts, ...policies: PublishedPolicy[]): Order {
  const packed = packInput({ facts, tolerance: toleranceOf(unassigned), waivers: [], at: '2026-11-17T15:00:00.000Z', evaluator });
  const pages = new Map(packed.pages.map(({ digest, body }) => [digest, gzipSync(body)]));
  return { source: { skeleton: gzipSync(packed.skeleton), pages }, policies };
}

const quiet = published({ name: 'quiet', select: 'f.rule == "never"' });
const loud = published({ name: 'loud', select: 'f.class == "code"' });
/** Quadratic in a way that no check of its form sees: each test walks all findings through a bound list. */
const slow = published({
  name: 'slow',
  when: 'cel.bind(ids, facts.findings.map(g, [g.id]), facts.findings.exists(f, [f.id + "x"] in ids))',
});

function manyFindings(): readonly FactFinding[] {
  return Array.from({ length: 5000 }, (_, index) => sampleFinding({ id: `${'0'.repeat(40)}${index}`, class: 'configuration', new: false }));
}

describe('Evaluations', () => {
  it('judges in a thread of its own and packs the input', async () => {
    const verdict = await evaluations.judge(order(sampleFacts({ findings: [sampleFinding()] }), loud, quiet));

    expect(verdict.judgement).toMatchObject({ result: 'deny', reasons: [{ policy: 'loud', message: 'Found A finding' }] });
    expect(verdict.input.pages).toHaveLength(1);
    expect(verdict.items).toEqual([1, 2, 3, 4]);
  });

  it('ends a policy that takes too long, says so, and evaluates the others', async () => {
    const facts = sampleFacts({ findings: [...manyFindings(), sampleFinding({ id: 'n' })].slice(1) });

    const verdict = await evaluations.judge(order(facts, loud, quiet, slow));

    expect(verdict.judgement.result).toBe('deny');
    expect(verdict.judgement.missing).toEqual(['Policy slow could not be judged: it took longer than 250 ms']);
  });

  it('does not hold up the main thread meanwhile', async () => {
    const big = order(sampleFacts({ findings: manyFindings() }), slow);
    const before = process.threadCpuUsage();

    await evaluations.judge(big);

    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(200);
  });

  it('reads a policy and runs its cases, or tells its flaws', async () => {
    const text = JSON.stringify({ ...loud.document, cases: [{ name: 'c', expect: 'deny' }] });

    expect(await evaluations.read(text, 3)).toMatchObject({ policy: { version: 3 }, cases: [{ name: 'c', passed: false }] });
    expect(await evaluations.read('name: x', 1)).toMatchObject({
      flaws: expect.arrayContaining([{ pointer: '/message', detail: 'must be a text' }]),
    });
  });
});
