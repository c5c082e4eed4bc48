import { parentPort } from 'node:worker_threads';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  assemble,
  boundTo,
  canonicalJson,
  compilePolicy,
  conclude,
  evaluate,
  evaluator,
  packInput,
  PolicyRefused,
  readPolicy,
  runCases,
  unpackInput,
  type Input,
  type Known,
  type Outcome,
  type Policy,
  type PresentFinding,
} from '@throughline/policy';
import type { Order, PagedKnown, PublishedPolicy, Question, Questions, Reading, Verdict } from './orders.ts';

const maxBytes = 64 * 1024 * 1024;
const maxCompiled = 1000;

const compiled = new Map<string, Policy>();
let input: Input;
let policies: readonly Policy[] = [];
let outcomes: Outcome[] = [];

const answers: { readonly [Q in Question]: (asked: Questions[Q]['ask']) => Questions[Q]['answer'] } = {
  open(order) {
    input = inputOf(order);
    policies = boundTo(order.policies.map(compile), input.facts);
    outcomes = policies.map(() => ({ error: 'it was not evaluated' }));
    return { policies: policies.length };
  },
  evaluateAll() {
    outcomes = policies.map((policy) => evaluate(policy, input));
    return true;
  },
  evaluate(index) {
    outcomes[index] = evaluate(policies[index]!, input);
    return true;
  },
  skip({ index, why }) {
    outcomes[index] = { error: why };
    return true;
  },
  conclude: verdict,
  show: () => canonicalJson(input),
  read: ({ text, version }) => read(text, version),
};

parentPort!.on('message', ({ question, asked }: { question: Question; asked: unknown }) => {
  try {
    parentPort!.postMessage({ answer: (answers[question] as (asked: unknown) => unknown)(asked) });
  } catch (error) {
    parentPort!.postMessage({ error: (error as Error).message });
  }
});
parentPort!.postMessage({ answer: 'ready' });

function inputOf({ source }: Order): Input {
  if ('skeleton' in source) {
    return unpackInput(text(source.skeleton), new Map([...source.pages].map(([digest, body]) => [digest, text(body)])));
  }
  const { snapshot, tolerance, waivers, at } = source;
  const base = typeof snapshot.base === 'string' ? snapshot.base : snapshot.base.map(opened);
  return { facts: assemble({ ...snapshot, ...opened(snapshot), base }), tolerance, waivers, at, evaluator };
}

function opened({ evidence, contents }: PagedKnown): Known {
  const unpacked = [...contents].map(([seq, { pages, ...content }]) => {
    const findings = pages.flatMap((page) => JSON.parse(text(page)) as PresentFinding[]);
    return [seq, { ...content, findings }] as const;
  });
  return { evidence, contents: new Map(unpacked) };
}

function compile({ document, version, digest }: PublishedPolicy): Policy {
  const key = `${document.name} ${version} ${digest}`;
  const known = compiled.get(key);
  if (known) return known;
  if (compiled.size >= maxCompiled) compiled.clear();
  const policy = compilePolicy(document, version);
  compiled.set(key, policy);
  return policy;
}

function verdict(): Verdict {
  const { skeleton, pages, ...packed } = packInput(input);
  return {
    judgement: conclude(policies, input, outcomes),
    input: { ...packed, skeleton: gzipSync(skeleton), pages: pages.map(({ digest, body }) => ({ digest, body: gzipSync(body) })) },
    evaluator: input.evaluator,
    items: input.facts.scans.map((scan) => scan.seq),
    dataAsOf: input.facts.dataAsOf,
  };
}

function read(source: string, version: number): Reading {
  try {
    const policy = readPolicy(source, version);
    return { policy: { document: policy.document, version, digest: policy.digest }, cases: runCases(policy) };
  } catch (error) {
    if (error instanceof PolicyRefused) return { flaws: error.errors };
    throw error;
  }
}

function text(body: Uint8Array): string {
  return gunzipSync(body, { maxOutputLength: maxBytes }).toString('utf8');
}
