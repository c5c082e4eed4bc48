import { readdirSync, readFileSync } from 'node:fs';
import {
  boundTo,
  conclude,
  evaluate,
  evaluator,
  packInput,
  readPolicy,
  sampleFacts,
  sampleFinding,
  toleranceOf,
  unassigned,
  type FactFinding,
  type Input,
  type Policy,
} from '@throughline/policy';
import type { Bench, Row, Sample } from '../bench.ts';
import { clocked, inPairs } from '../pairs.ts';

const folder = new URL('../../../apps/policy-engine/policies/', import.meta.url);
const classes = ['vulnerability', 'code', 'configuration', 'secret'] as const;
const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;

export const policyEvaluation: Bench = {
  name: 'policy-evaluation',
  decides: 'whether CEL may stay the language of policies, and how many findings a document may hold',
  peer: 'the same policies written by hand in TypeScript, same verdict; only the first rows have a pair',
  async run({ short, rounds }) {
    const rows: Row[] = [];
    for (const count of [500, 5_000]) {
      const times = Math.ceil((short ? 10_000 : 100_000) / count);
      const policies = builtIn(count);
      refuseDifference(policies, inputOf(count));
      const contest = {
        of: `${policies.length} policies, ${count} findings`,
        // A new document each time: views that policies share are made once per document.
        ours: () =>
          timed(
            times,
            () => inputOf(count),
            (input) => policies.map((policy) => evaluate(policy, input)),
          ),
        peer: () => timed(times, () => inputOf(count), byHand),
      };
      await contest.ours();
      await contest.peer();
      rows.push(...(await inPairs(rounds, contest)));
      rows.push(
        ...(await inPairs(rounds, {
          of: `the whole judgement, ${count}`,
          ours: () =>
            timed(
              times / 5,
              () => inputOf(count),
              (input) => judged(policies, input),
            ),
        })),
      );
    }
    return rows;
  },
};

async function timed<T>(times: number, prepare: () => T, work: (prepared: T) => unknown): Promise<Sample> {
  const inputs = Array.from({ length: Math.ceil(times) }, prepare);
  const { ms, cpuMs } = await clocked(() => inputs.forEach(work));
  return { 'ms each': ms / inputs.length, 'CPU ms each': cpuMs / inputs.length };
}

function judged(policies: readonly Policy[], input: Input): unknown {
  const outcomes = policies.map((policy) => evaluate(policy, input));
  return [conclude(policies, input, outcomes), packInput(input)];
}

function builtIn(count: number): readonly Policy[] {
  const read = readdirSync(folder).map((file) => readPolicy(readFileSync(new URL(file, folder), 'utf8'), 1));
  return boundTo(read, inputOf(count).facts);
}

function inputOf(count: number): Input {
  const findings = Array.from({ length: count }, (_, index) => finding(index));
  return { facts: sampleFacts({ findings }), tolerance: toleranceOf(unassigned), waivers: [], at: '2026-11-17T15:00:00.000Z', evaluator };
}

function finding(index: number): FactFinding {
  const kind = classes[index % classes.length]!;
  return sampleFinding({
    id: `finding-${index}`,
    class: kind,
    rule: kind === 'configuration' ? 'DL3059' : `rule-${index % 50}`,
    severity: severities[index % severities.length]!,
    path: `src/module-${index % 100}/file.ts`,
    line: index,
    ...(kind === 'vulnerability' && { purl: `pkg:npm/package-${index}@1.0.${index}`, fixedIn: '2.0.0', cve: `CVE-2026-${10_000 + index}` }),
    // Of twenty one counts as added by the change.
    new: index % 20 === 0,
  });
}

const bad = { misconfigured: ['privileged-workload', 'host-path-volume', 'host-namespace'], root: ['root-container', 'DL3002'] };
const locks = ['lock-file-missing', 'lock-file-unreadable'];

/** Names of the policies that have something to say, as the built-in ones are written. */
function byHand({ facts, tolerance }: Input): readonly string[] {
  const added = facts.findings.filter((one) => one.new);
  const of = (kind: string, holds: (one: FactFinding) => boolean): boolean => added.some((one) => one.class === kind && holds(one));
  const said: Record<string, boolean> = {
    'critical-fixable-added': of('vulnerability', (one) => one.severity === 'critical' && one.fixedIn !== undefined),
    'high-code-added': of('code', (one) => one.severity === 'critical' || one.severity === 'high'),
    'known-exploited': of('vulnerability', (one) => one.knownExploited),
    licence: facts.licences.some((one) => one.new && tolerance.deniedLicences.includes(one.licence)),
    'lock-file-missing': of('configuration', (one) => locks.includes(one.rule)),
    'privileged-workload': of('configuration', (one) => bad.misconfigured.includes(one.rule)),
    'root-container': of('configuration', (one) => bad.root.includes(one.rule)),
    'scanner-failed': facts.scans.some((one) => one.state === 'failed' || one.state === 'unavailable'),
    'secret-added': of('secret', () => true),
    'unpinned-action': of('configuration', (one) => one.rule === 'unpinned-uses'),
  };
  return Object.keys(said).filter((name) => said[name]);
}

/** A pair that does other work says nothing. */
function refuseDifference(policies: readonly Policy[], input: Input): void {
  const ours = policies.filter((policy) => evaluate(policy, input).reason).map(({ document }) => document.name);
  const theirs = byHand(input).filter((name) => policies.some(({ document }) => document.name === name));
  if (ours.join() !== theirs.join()) throw new Error(`the two sides disagree: ${ours.join()} and ${theirs.join()}`);
}
